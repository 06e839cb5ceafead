#include "messages/approvals.hpp"
#include "messages/shares.hpp"
#include "tests/support/catch.hpp"
#include "tools/termlease/output/story.hpp"

#include <string>
#include <vector>

using namespace termlease;
using namespace termlease::cli;
using namespace termlease::messages;

namespace {

template <class Event> record about(const Event& event, std::int64_t at_ms) {
  record made;
  made.event_type = Event::describe().name;
  made.actor = {identity_kind::runtime, "runtime"};
  made.timestamp = {1'772'366'400'000 + at_ms};
  made.metadata.text = encode(event).dump();
  return made;
}

share_view demo() {
  share_view share;
  share.terminal_name = "demo";
  share.backend = "upterm";
  share.requested_by = "agent:bot";
  share.reason = "the tests\x1b[2J";
  return share;
}

std::string told(const std::vector<record>& records) {
  std::string text;
  for (const auto& each : story_of(records, {})) text += each.text + "\n";
  return text;
}

} // namespace

TEST_CASE("who asked, for what, and which rule said no, is told in sentences") {
  share_requested asked;
  asked.share = demo();
  asked.ttl = minutes(30);
  share_denied denied;
  denied.share = demo();
  denied.share.rules = {"no-agents"};
  const auto text = told({about(asked, 0), about(denied, 5)});
  CHECK_THAT(text, ContainsSubstring("agent:bot asked to share demo through upterm, ro, for 30m"));
  CHECK_THAT(text, ContainsSubstring("It was denied: rule no-agents."));
  CHECK_THAT(text, ContainsSubstring("The trace has nothing of it any more"));
  CHECK(text.find('\x1b') == std::string::npos);
}

TEST_CASE("a share that no rule fits is denied, and says so") {
  share_requested asked;
  asked.share = demo();
  share_denied denied;
  denied.share = demo();
  CHECK_THAT(told({about(asked, 0), about(denied, 5)}), ContainsSubstring("no rule of the policy"));
}

TEST_CASE("how long a share waited for people is told apart from how long its link took") {
  share_requested asked;
  asked.share = demo();
  approval_requested question;
  question.approval.action = "share.start";
  question.approval.stages = {{}};
  question.approval.stages[0].approvers = {"operator"};
  share_allowed allowed;
  allowed.share = demo();
  allowed.share.approval_id = "a1";
  allowed.share.rules = {"ask-first"};
  share_started started;
  started.share = demo();
  share_stopped stopped;
  stopped.share = demo();
  stopped.share.end_reason = end_reason::expired;
  const auto text = told({about(asked, 0), about(question, 100), about(allowed, 60'100),
                          about(started, 60'400), about(stopped, 90'000)});
  CHECK_THAT(text, ContainsSubstring("waited for an approval of share.start, by operator"));
  CHECK_THAT(text, ContainsSubstring("an approval was given (rule ask-first had asked for one)"));
  CHECK_THAT(text,
             ContainsSubstring("The link was there 1m400ms after the request, of which 1m were"));
  CHECK_THAT(text, ContainsSubstring("It ended as expired."));
}
