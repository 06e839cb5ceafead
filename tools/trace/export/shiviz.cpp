#include "tools/trace/export/shiviz.hpp"

#include "tools/trace/export/texts.hpp"
#include "tools/trace/words.hpp"

#include <algorithm>
#include <map>
#include <ostream>
#include <string>
#include <unordered_map>
#include <vector>

namespace termlease::trace {

namespace {

using vector_clock = std::map<std::string, std::uint64_t>;

/// A host ends at the first blank, and is a key of JSON.
std::string host_of(const log& from, const step& each) {
  return spelled(actor_of(from, each), "./_-()", [](char32_t) { return std::string("_"); });
}

/// An event with braces could be taken for a clock.
std::string event_of(const log& from, const step& each) {
  auto text = spelled(message_of(from, each), " ./_-()", [](char32_t) { return std::string("_"); });
  if (each.what.kind == step_kind::dead_letter)
    text += ", " + std::string(word_of(each.what.kind));
  else if (each.what.outcome != step_outcome::done)
    text += ", " + std::string(word_of(each.what.outcome));
  return text;
}

void merge(vector_clock& into, const vector_clock& seen) {
  for (const auto& [host, count] : seen) {
    auto& known = into[host];
    known = std::max(known, count);
  }
}

/// Keeps the clock of a step for as long as something later needs it.
class clocks {
public:
  explicit clocks(const log& from) : from_(from) {
    for (const auto& each : from.steps)
      for (const auto place : before(each)) ++wanted_[place];
  }

  const vector_clock& of(std::size_t at, const std::string& host) {
    const auto& each = from_.steps[at];
    auto& clock = hosts_[host];
    for (const auto place : before(each)) {
      const auto left = wanted_.find(place);
      merge(clock, kept_.at(place));
      if (--left->second > 0) continue;
      wanted_.erase(left);
      kept_.erase(place);
    }
    ++clock[host];
    if (wanted_.contains(at)) kept_.emplace(at, clock);
    return clock;
  }

private:
  /// What led to a step, beside the actor's own step before.
  std::vector<std::size_t> before(const step& each) const {
    std::vector<std::size_t> places;
    for (const auto id : {each.cause, each.what.has_parent ? 0 : each.asked})
      if (const auto place = earlier(from_, each, id); place != log::none) places.push_back(place);
    return places;
  }

  const log& from_;
  std::unordered_map<std::string, vector_clock> hosts_; ///< as of the last step of each
  std::unordered_map<std::size_t, std::size_t> wanted_; ///< by place: so many times
  std::unordered_map<std::size_t, vector_clock> kept_;  ///< by place
};

} // namespace

void write_shiviz(const log& from, std::ostream& to) {
  clocks all(from);
  for (std::size_t at = 0; at < from.steps.size(); ++at) {
    const auto host = host_of(from, from.steps[at]);
    to << event_of(from, from.steps[at]) << '\n'
       << host << ' ' << line_of(nlohmann::json(all.of(at, host))) << '\n';
  }
}

} // namespace termlease::trace
