#include "messages/runtime.hpp"
#include "messages/tokens.hpp"
#include "tests/support/catch.hpp"
#include "tools/scenario/simulation/world.hpp"

#include <optional>

using namespace termlease;
using namespace termlease::messages;
using scenario::share_request;
using scenario::the_operator;
using scenario::world;

namespace {

const identity bot{identity_kind::agent, "bot"};
const identity ann{identity_kind::human, "ann"};
const identity ben{identity_kind::human, "ben"};
const identity eve{identity_kind::human, "eve"};

/// Two of the team within five minutes, then the operator within ten.
constexpr auto two_stages = R"(
version = 1
[[rule]]
name = "team"
effect = "require"
actions = ["share.start", "share.extend"]
requesters = ["agent:*"]
approvers = ["human:ann", "human:ben", "agent:bot"]
quorum = 2
deadline = "5m"
[[rule]]
name = "boss"
effect = "require"
actions = ["share.start", "share.extend"]
requesters = ["agent:*"]
approvers = ["operator"]
deadline = "10m"
)";

/// A share that an agent asked for, and that waits for an approval.
struct waiting {
  explicit waiting(const char* policy = two_stages) {
    machine->policy->replace(policy);
    w.open_terminal();
    asked.emplace(w.ask_for_share(bot));
    if (w.count<approval_requested>() > 0) id = w.last<approval_requested>().approval.approval_id;
  }

  scenario::asked vote(const identity& who, verdict decision = verdict::approve,
                       const std::string& reason = {}) {
    return w.ask(who, resolve_approval{id, decision, reason});
  }

  std::vector<approval_view> pending(bool all = false) {
    return w.ask(the_operator, list_approvals{all}).as<approval_list>().approvals;
  }

  std::shared_ptr<scenario::machine> machine = std::make_shared<scenario::machine>();
  world w{machine};
  std::optional<scenario::asked> asked;
  std::string id;
};

} // namespace

TEST_CASE("a chain of stages is asked one after the other, each with its quorum", "[FR-026-002]") {
  waiting s;
  REQUIRE(s.pending().size() == 1);
  CHECK(s.pending()[0].stages.size() == 2);
  CHECK(s.pending()[0].deadline == s.w.now() + minutes(5));
  CHECK(s.vote(ann).as<approval_view>().stage == 0);
  CHECK(s.vote(ann).code() == "already_answered");
  CHECK(s.vote(the_operator).code() == "not_an_approver"); // not its turn yet
  s.w.advance(minutes(1));
  CHECK(s.vote(ben).as<approval_view>().stage == 1);
  CHECK(s.pending()[0].deadline == s.w.now() + minutes(10));
  CHECK_FALSE(s.asked->answered());
  CHECK(s.w.processes().children.empty());
  CHECK(s.vote(ann).code() == "not_an_approver");
  CHECK(s.vote(the_operator).as<approval_view>().state == approval_state::approved);
  CHECK(s.asked->share().state == share_state::active);
  CHECK(s.w.count<approval_voted>() == 2);
  CHECK(s.w.last<approval_resolved>().approval.votes.size() == 3);
  CHECK(s.vote(the_operator).code() == "approval_resolved");
}

TEST_CASE("an agent never approves its own request, whoever the rule names", "[FR-026-002]") {
  waiting s;
  CHECK(s.vote(bot).code() == "not_an_approver");
  CHECK(s.vote(eve).code() == "not_an_approver");
  CHECK(s.w.count<approval_voted>() == 0);
}

TEST_CASE("one denial is enough, and its reason reaches who asked", "[FR-026-002]") {
  waiting s;
  s.vote(ann);
  CHECK(s.vote(ben, verdict::deny, "not today").as<approval_view>().state ==
        approval_state::denied);
  CHECK(s.asked->code() == "denied");
  CHECK(s.asked->response().error.message == "not today");
  CHECK(s.w.last<share_denied>().share.detail == "not today");
  CHECK(s.w.records_of("approval.resolved").at(0).result == "denied");
  CHECK(s.w.processes().children.empty());
}

TEST_CASE("silence denies, at the deadline of the stage that is asked", "[FR-026-002]") {
  waiting s;
  s.w.advance(minutes(4));
  s.vote(ann);
  s.vote(ben);
  s.w.advance({minutes(10).ms - 1});
  CHECK(s.pending().size() == 1);
  s.w.advance({1});
  CHECK(s.pending().empty());
  CHECK(s.w.last<approval_resolved>().approval.state == approval_state::expired);
  CHECK(s.w.last<share_denied>().share.detail == "nobody answered in time");
  CHECK(s.vote(the_operator).code() == "approval_resolved");
}

TEST_CASE("an answer that is being recorded at the deadline came in time", "[FR-026-002]") {
  waiting s(R"(
version = 1
[[rule]]
name = "r"
effect = "require"
actions = ["share.start"]
requesters = ["agent:*"]
approvers = ["operator"]
deadline = "5m"
)");
  s.w.advance({minutes(5).ms - 1});
  s.w.disk().hold();
  const auto voted = s.vote(the_operator);
  CHECK(s.vote(the_operator).code() == "approval_busy");
  s.w.advance(seconds(1));
  s.w.disk().release();
  s.w.advance(seconds(1));
  CHECK(voted.as<approval_view>().state == approval_state::approved);
}

TEST_CASE("an answer that can't be recorded is none, and the question stays open",
          "[FR-026-002] [FR-026-011]") {
  waiting s;
  s.w.disk().problem = {"journal_full", "no space is left", "make some", true};
  CHECK(s.vote(ann).code() == "journal_full");
  CHECK(s.vote(ann, verdict::deny).code() == "journal_full");
  s.w.disk().problem = {};
  CHECK(s.pending().at(0).votes.empty());
  CHECK(s.vote(ann).code().empty());
}

TEST_CASE("a requester who waited long enough is told, and the question stays open") {
  waiting s;
  s.w.advance(minutes(2));
  CHECK(s.asked->share().state == share_state::awaiting_approval);
  CHECK(s.asked->share().approval_id == s.id);
  s.vote(ann);
  s.vote(ben);
  s.vote(the_operator);
  CHECK(s.w.share(s.asked->share().share_id).state == share_state::active);
}

TEST_CASE("a question that nobody needs any more is withdrawn") {
  waiting s;
  SECTION("its requester went away") {
    s.w.disconnect(bot);
  }
  SECTION("it was stopped") {
    s.w.ask(bot, stop_share{s.w.last<approval_requested>().approval.share_id});
  }
  SECTION("its terminal ended") {
    s.w.processes().end_pane("demo");
  }
  s.w.settle();
  CHECK(s.pending().empty());
  CHECK(s.w.last<approval_resolved>().approval.state == approval_state::withdrawn);
  CHECK(s.w.last<share_stopped>().share.state == share_state::ended);
  CHECK(s.vote(ann).code() == "approval_resolved");
}

TEST_CASE("a question that is withdrawn while it is being recorded leaves nothing behind") {
  waiting s;
  s.vote(ann, verdict::deny);
  s.w.processes().end_pane("demo");
  s.w.settle();
  s.w.open_terminal("second");
  s.w.disk().hold_after(1); // the request is recorded, the question waits for the disk
  s.w.ask_for_share(bot, share_request("second"));
  s.w.disconnect(bot);
  s.w.disk().release();
  s.w.advance(seconds(1));
  CHECK(s.pending().empty());
  CHECK(s.w.last<approval_resolved>().approval.state == approval_state::withdrawn);
}

TEST_CASE("too many open questions are a denial", "[FR-026-002]") {
  auto machine = std::make_shared<scenario::machine>();
  machine->settings.approvals.pending_limit = 1;
  machine->settings.shares.per_terminal_limit = 9;
  world w(machine);
  w.open_terminal();
  const auto first = w.ask_for_share(bot);
  const auto second = w.ask_for_share(bot);
  CHECK_FALSE(first.answered());
  CHECK(second.code() == "denied");
  CHECK_THAT(second.response().error.message, ContainsSubstring("the limit"));
}

TEST_CASE("an approval is found by its id, the end of it, or its share") {
  waiting s;
  s.w.ask_for_share(bot);
  const auto share = s.pending().at(0).share_id;
  CHECK(s.w.ask(ann, resolve_approval{share, verdict::approve, {}}).code().empty());
  CHECK(s.w.ask(ann, resolve_approval{"zzz", verdict::approve, {}}).code() == "no_such_approval");
  CHECK(s.w.ask(ann, resolve_approval{"", verdict::approve, {}}).code() == "ambiguous_id");
  CHECK(s.w.ask(ben, resolve_approval{s.id.substr(s.id.size() - 8), verdict::deny, {}})
            .code()
            .empty());
  CHECK(s.vote(ann, verdict::deny, std::string(1025, 'x')).code() == "bad_reason");
  CHECK(s.pending(true).size() == 2);
  CHECK(s.pending(false).size() == 1);
}

TEST_CASE("what would be decided is explained without anything starting", "[FR-026-002]") {
  world w;
  w.open_terminal();
  w.ask(the_operator, get_status{}); // rules are announced when they are first looked at
  const auto before = w.records().size();
  explain_policy wanted;
  wanted.terminal = "demo";
  const auto allowed = w.ask(the_operator, wanted).as<policy_decision>();
  CHECK(allowed.effect == policy_effect::allow);
  CHECK(allowed.explanation.size() == 4);
  CHECK(w.ask(bot, wanted).as<policy_decision>().effect == policy_effect::require);
  wanted.requester = "human:ann";
  CHECK(w.ask(the_operator, wanted).as<policy_decision>().effect == policy_effect::require);
  wanted.requester = "nobody";
  CHECK(w.ask(the_operator, wanted).as<policy_decision>().effect == policy_effect::deny);
  wanted.mode = "admin";
  CHECK(w.ask(the_operator, wanted).code() == "bad_payload");
  CHECK(w.records().size() == before);
}

TEST_CASE("a token is shown once, and the record has its hash alone", "[FR-026-011]") {
  world w;
  const auto made = w.ask(the_operator, create_token{"ann", identity_kind::human});
  const auto text = made.as<new_token>().text.text;
  CHECK(text.starts_with("tlt_"));
  for (const auto& each : w.records()) CHECK(each.metadata.text.find(text) == std::string::npos);
  CHECK(w.last<token_created>().hash.size() == 64);
  CHECK(w.ask(the_operator, list_tokens{}).as<token_list>().tokens.at(0).name == "ann");
  CHECK(w.ask({identity_kind::operator_, "x"}, authenticate{{text}}).as<identity>() == ann);
}

TEST_CASE("a token that can't be recorded is not made", "[FR-026-011]") {
  world w;
  w.disk().problem = {"journal_full", "no space is left", "make some", true};
  CHECK(w.ask(the_operator, create_token{"ann", identity_kind::human}).code() == "journal_full");
  w.disk().problem = {};
  CHECK(w.ask(the_operator, list_tokens{}).as<token_list>().tokens.empty());
}

TEST_CASE("a revoked token is worthless at once, even before it is recorded", "[FR-026-002]") {
  world w;
  const auto text =
      w.ask(the_operator, create_token{"ann", identity_kind::human}).as<new_token>().text;
  w.disk().hold();
  w.ask(the_operator, revoke_token{"ann"});
  CHECK(w.ask({identity_kind::operator_, "x"}, authenticate{text}).code() == "bad_token");
  w.disk().release();
  w.settle();
  CHECK(w.ask(the_operator, revoke_token{"ann"}).code() == "no_such_token");
  CHECK(w.ask(the_operator, create_token{"ann", identity_kind::human}).code().empty());
}

TEST_CASE("a token has a good name, a kind and no namesake") {
  world w;
  const auto code = [&](const std::string& name, identity_kind kind = identity_kind::agent) {
    return w.ask(the_operator, create_token{name, kind}).code();
  };
  CHECK(code("bot").empty());
  CHECK(code("bot") == "token_exists");
  CHECK(code("") == "bad_name");
  CHECK(code("a b") == "bad_name");
  CHECK(code(std::string(65, 'a')) == "bad_name");
  CHECK(code("root", identity_kind::operator_) == "bad_kind");
  CHECK(code("root", identity_kind::runtime) == "bad_kind");
  CHECK(w.ask(bot, create_token{"x", identity_kind::human}).code() == "operator_only");
}
