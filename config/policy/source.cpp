#include "config/policy/source.hpp"

#include "config/complaints.hpp"

#include <ctime>
#include <utility>

namespace termlease::config {

using namespace messages;

namespace {

/// File systems note times in ticks of up to 10 ms: a file changed a moment ago may change again
/// without its times telling.
constexpr std::int64_t tick_ns = 50'000'000;

bool settled(const file_stamp& stamp) {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  const auto now_ns = static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
  return stamp.changed_ns + tick_ns < now_ns;
}

policy_decision shut(const loaded_policy& policy) {
  const auto code = policy.missing ? "policy_missing" : "policy_broken";
  const auto problem = as_failure(code, policy.mistakes);
  policy_decision decision;
  decision.code = code;
  decision.message = "denied, since no policy is in force: " + problem.message;
  decision.hint = !problem.details.hint.empty() ? problem.details.hint
                                                : "`termlease policy check` tells every mistake";
  return decision;
}

} // namespace

policy_decision decide(const policy_state& state, const policy_request& request,
                       span default_deadline) {
  if (!state.policy.mistakes.empty()) return shut(state.policy);
  return decide(state.policy.set, request, default_deadline);
}

policy_decision explain(const policy_state& state, const policy_request& request,
                        span default_deadline) {
  if (!state.policy.mistakes.empty()) return shut(state.policy);
  return explain(state.policy.set, request, default_deadline);
}

const policy_state& file_policy_source::current() {
  const auto now = stamp_of(file_);
  if (state_.generation != 0 && settled_ && now == stamp_) return state_;
  // Stamped before reading: a change in between is then seen at the next call.
  settled_ = settled(now);
  stamp_ = now;
  auto content = read_text_file(file_);
  // What couldn't be read may be readable the next time, without having changed.
  settled_ = settled_ && content.mistakes.empty();
  const bool same = content.text == content_.text && content.missing == content_.missing &&
                    content.mistakes == content_.mistakes;
  if (state_.generation != 0 && same) return state_;
  state_ = {policy_from(content, file_.string()), state_.generation + 1};
  content_ = std::move(content);
  return state_;
}

} // namespace termlease::config
