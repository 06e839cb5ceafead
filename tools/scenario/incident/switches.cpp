#include "tools/scenario/incident/switches.hpp"

#include "tools/scenario/incident/words.hpp"

namespace termlease::scenario {

using namespace messages;

namespace {

constexpr auto never_ready = "worker never ready";
constexpr auto cannot_start = "worker can't start";
constexpr auto slow_end = "guests read nothing";

json fault(const char* what) {
  return {{"fault", what}};
}

json repair(const char* what) {
  return {{"repair", what}};
}

} // namespace

json told_switches::step(const std::string& who, const std::string& backend, const char* answer) {
  return by_(who, {{"do", "share.switch"},
                   {"with", {{"share", "$s.share.share_id"}, {"backend", backend}}},
                   {"answer", answer}});
}

json told_switches::asked(const approval_view& question) {
  asked_ = true;
  return step(question.requested_by, question.backend, "waits");
}

/// Where it came to nothing in time, the next worker never gave a link.
told_switches::steps told_switches::allowed(const record& at, const share_switch_allowed& news) {
  const auto who = to_text(at.actor);
  const auto outcome = later_.switch_outcome(at);
  const bool at_once = outcome.took == span{};
  steps told;
  auto answer = "waits";
  if (outcome.switched && !at_once) {
    auto slow = fault(slow_end);
    slow["by"] = to_text(outcome.took);
    told.before.push_back(std::move(slow));
  } else if (outcome.failed && at_once) {
    told.before.push_back(fault(cannot_start));
    answer = "switch_failed";
  } else if (!outcome.switched) {
    told.before.push_back(fault(never_ready));
  } else {
    answer = "ok";
  }
  if (std::exchange(asked_, false)) return told;
  policy_.allows("share.switch", who, hours(24), {});
  told.before.push_back(step(who, news.backend, answer));
  return told;
}

std::optional<told_switches::steps> told_switches::around(const record& each) {
  if (is<share_switch_allowed>(each)) return allowed(each, read<share_switch_allowed>(each));
  if (is<share_switched>(each)) return steps{{}, {repair(slow_end)}};
  if (is<share_switch_failed>(each)) {
    const auto news = read<share_switch_failed>(each);
    steps told{{}, {repair(never_ready), repair(cannot_start)}};
    if (!later_.failed_at_once(each) && !news.detail.ends_with(no_link))
      told.before.push_back(
          {{"fault", "worker reports"}, {"of", "s"}, {"why", plain(news.detail)}});
    return told;
  }
  if (!is<share_switch_denied>(each)) return std::nullopt;
  if (std::exchange(asked_, false)) return steps{};
  const auto news = read<share_switch_denied>(each);
  policy_.denies("share.switch", to_text(each.actor), {});
  return steps{{step(to_text(each.actor), news.backend, "denied")}};
}

} // namespace termlease::scenario
