#include "tools/scenario/explore/recorded_order.hpp"

#include <algorithm>
#include <deque>
#include <limits>

namespace termlease::scenario {

namespace {

constexpr std::size_t length_of_id = 36;

bool is_id(std::string_view word) {
  return word.size() == length_of_id && word[8] == '-' && word[13] == '-' &&
         word.find_first_not_of("0123456789abcdef-") == std::string_view::npos;
}

class as_recorded final : public traced_schedule {
public:
  explicit as_recorded(const std::vector<std::string>& order) {
    for (std::size_t at = 0; at < order.size(); ++at) turns_of_[order[at]].push_back(at);
  }

private:
  static constexpr auto never = std::numeric_limits<std::size_t>::max();

  std::size_t choose(const std::vector<candidate>& ready) override {
    std::size_t best = 0;
    auto soonest = never;
    std::deque<std::size_t>* turns = nullptr;
    for (std::size_t i = 0; i < ready.size(); ++i) {
      if (ready[i].path.empty()) return i; // no part of the tree: no recording has it
      if (is_edge(ready[i].path)) continue;
      const auto found = turns_of_.find(paths_.plain(ready[i].path));
      if (found == turns_of_.end() || found->second.empty()) continue;
      if (found->second.front() >= soonest) continue;
      soonest = found->second.front();
      turns = &found->second;
      best = i;
    }
    if (turns != nullptr) turns->pop_front();
    return best;
  }

  plain_paths paths_;
  std::map<std::string, std::deque<std::size_t>, std::less<>> turns_of_; ///< that are still to come
};

} // namespace

std::string plain_paths::plain(std::string_view path) {
  std::string made;
  while (!path.empty()) {
    const auto word = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(word.size() + 1, path.size()));
    if (!is_id(word)) {
      made += (made.empty() ? "" : "/") + std::string(word);
      continue;
    }
    auto found = known_.find(word);
    if (found == known_.end())
      found = known_.emplace(word, "#" + std::to_string(++counts_[made])).first;
    made += (made.empty() ? "" : "/") + found->second;
  }
  return made;
}

std::shared_ptr<traced_schedule> in_recorded_order(const std::vector<std::string>& order) {
  return std::make_shared<as_recorded>(order);
}

} // namespace termlease::scenario
