#include "tools/trace/causal_tree.hpp"

#include <algorithm>

namespace termlease::trace {

namespace {

constexpr std::uint64_t prime = 1099511628211ULL;

/// Children of each step, as places, in the order of their ids.
class forest {
public:
  forest(const log& from, const slowness& slow)
      : steps_(from.steps), first_(steps_.size(), log::none), next_(steps_.size(), log::none),
        looks_(steps_.size(), 0), special_(steps_.size(), false) {
    for (auto at = steps_.size(); at-- > 0;) {
      const auto& each = steps_[at];
      special_[at] = special_[at] || each.failed() || slow(each);
      looks_[at] = (looks_[at] * prime ^ each.actor) * prime ^ each.what.label ^
                   std::uint64_t(each.what.kind) << 40U;
      const auto parent = from.find(each.parent());
      if (parent == log::none || parent >= at) {
        roots_.push_back(at);
        continue;
      }
      next_[at] = first_[parent];
      first_[parent] = at;
      looks_[parent] = looks_[parent] * prime ^ looks_[at];
      special_[parent] = special_[parent] || special_[at];
    }
    std::ranges::reverse(roots_);
  }

  const std::vector<std::size_t>& roots() const { return roots_; }

  std::size_t first(std::size_t of) const { return first_[of]; }

  std::size_t next(std::size_t of) const { return next_[of]; }

  bool alike(std::size_t a, std::size_t b) const {
    return looks_[a] == looks_[b] && !special_[a] && !special_[b];
  }

private:
  const std::vector<step>& steps_;
  std::vector<std::size_t> first_;
  std::vector<std::size_t> next_;
  std::vector<std::uint64_t> looks_; ///< the same for subtrees of the same form
  std::vector<bool> special_;        ///< there is something in it that has to be told
  std::vector<std::size_t> roots_;
};

struct visit {
  std::size_t at;
  std::size_t depth;
  std::size_t alike;
};

} // namespace

void tell_trees(const log& from, bool fold, const slowness& slow,
                const std::function<void(const branch_line&)>& tell) {
  const forest all(from, slow);
  std::vector<visit> stack;
  for (const auto root : all.roots()) {
    stack.push_back({root, 0, 0});
    while (!stack.empty()) {
      const auto now = stack.back();
      stack.pop_back();
      const auto& each = from.steps[now.at];
      tell({&each, now.depth, now.alike, &from.steps[root], now.depth == 0 && each.parent() != 0});
      std::vector<visit> below;
      for (auto child = all.first(now.at); child != log::none; child = all.next(child)) {
        if (fold && !below.empty() && all.alike(below.back().at, child))
          ++below.back().alike;
        else
          below.push_back({child, now.depth + 1, 0});
      }
      stack.insert(stack.end(), below.rbegin(), below.rend());
    }
  }
}

} // namespace termlease::trace
