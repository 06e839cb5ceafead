#include "tools/scenario/explore/explore.hpp"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <mutex>
#include <sstream>
#include <thread>

namespace termlease::scenario {

namespace {

play_options options_of(const explore_options& options, std::uint64_t seed) {
  play_options own;
  own.seed = seed;
  own.strategy = options.strategy;
  own.policy = options.policy;
  return own;
}

/// What several threads find together.
class findings {
public:
  void add(std::uint64_t seed, outcome one) {
    const std::lock_guard guard(mutex_);
    ++found_.seeds;
    found_.turns += one.turns;
    seen_.insert(one.sometimes.begin(), one.sometimes.end());
    if (one.passed || (found_.failing && *found_.failing < seed)) return;
    found_.failing = seed;
    found_.failure = std::move(one);
  }

  exploration take(const script& which) {
    if (!found_.failing)
      for (std::size_t i = 0; i < which.properties.size(); ++i)
        if (which.properties[i].what == "sometimes" && !seen_.contains(i))
          found_.never_seen.push_back(which.properties[i].line);
    return std::move(found_);
  }

private:
  std::mutex mutex_;
  exploration found_;
  std::set<std::size_t> seen_;
};

} // namespace

exploration explore(const script& which, const explore_options& options) {
  findings found;
  std::atomic<std::uint64_t> next{options.first_seed};
  std::atomic<bool> failed{false};
  const auto end = options.first_seed + options.seeds;
  const auto play_one = [&](std::uint64_t seed) {
    auto one = play(which, options_of(options, seed));
    if (!one.passed) failed = true;
    found.add(seed, std::move(one));
  };
  const auto work = [&] {
    for (auto seed = next++; seed < end && !failed; seed = next++) play_one(seed);
  };
  const auto at_once = options.processors != 0
                           ? options.processors
                           : std::max<std::size_t>(1, std::thread::hardware_concurrency());
  // Whatever makes no sense at all is told by this one, before there are threads.
  play_one(next++);
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < at_once; ++i) others.emplace_back(work);
  work();
  for (auto& each : others) each.join();
  return found.take(which);
}

namespace {

/// What is the same of a failure in two runs whose ids and numbers differ.
std::string shape_of(const outcome& one) {
  auto text = one.failure.substr(0, one.failure.find('{'));
  std::erase_if(text, [](unsigned char each) { return std::isxdigit(each) || each == '-'; });
  return std::to_string(one.line) + text;
}

/// Whether a shorter script fails as the whole one did.
class same_failure {
public:
  same_failure(const script& whole, play_options options)
      : options_(std::move(options)), how_(shape_of(play(whole, options_))),
        passes_in_order_(passes_in_order(whole)) {}

  /// With fewer steps a seed means another order, so some more of them are tried; the one with
  /// which it fails becomes the script's own. What lacks something that it needs fails in every
  /// order.
  bool operator()(script& shorter) const {
    if (passes_in_order(shorter) != passes_in_order_) return false;
    auto options = options_;
    options.seed = shorter.seed;
    for (int tries = 0; tries < seeds_tried; ++tries, ++options.seed) {
      const auto one = play(shorter, options);
      if (one.passed || shape_of(one) != how_) continue;
      shorter.seed = options.seed;
      return true;
    }
    return false;
  }

private:
  static constexpr int seeds_tried = 50;

  bool passes_in_order(const script& which) const {
    auto in_order = options_;
    in_order.strategy = "fifo";
    return play(which, in_order).passed;
  }

  play_options options_;
  std::string how_;
  bool passes_in_order_;
};

/// Leaves out pieces of that size, wherever one can go; returns whether any could.
template <class List, class Test>
bool leave_out_pieces(List& list, std::size_t piece, const Test& still_fails) {
  const auto before = list.size();
  for (std::size_t at = 0; at < list.size();) {
    auto whole = list;
    const auto from = list.begin() + static_cast<std::ptrdiff_t>(at);
    list.erase(from, from + static_cast<std::ptrdiff_t>(std::min(piece, list.size() - at)));
    if (still_fails()) continue;
    list = std::move(whole);
    at += piece;
  }
  return list.size() < before;
}

/// Leaves out as much of `list` as possible, in ever smaller pieces (delta debugging), until there
/// is none that could go by itself: one may be needed by another that goes after it.
template <class List, class Test> void leave_out(List& list, const Test& still_fails) {
  for (auto piece = list.size() / 2; piece > 1; piece /= 2)
    leave_out_pieces(list, piece, still_fails);
  while (leave_out_pieces(list, 1, still_fails)) {
  }
}

messages::json lines_of(const std::string& text) {
  auto lines = messages::json::array();
  std::istringstream from(text);
  for (std::string line; std::getline(from, line);) lines.push_back(line);
  return lines;
}

} // namespace

script shrink(const script& failing, const play_options& options) {
  auto shorter = failing;
  shorter.seed = options.seed;
  shorter.strategy = options.strategy;
  if (!options.policy.empty()) shorter.setting["policy"] = lines_of(options.policy);
  const same_failure fails_alike(failing, options);
  const auto still_fails = [&] { return fails_alike(shorter); };
  leave_out(shorter.steps, still_fails);
  leave_out(shorter.properties, still_fails);
  return shorter;
}

} // namespace termlease::scenario
