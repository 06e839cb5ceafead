#include "config/policy/load.hpp"
#include "config/policy/rules.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>

using namespace termlease;
using namespace termlease::config;
using namespace termlease::messages;

namespace {

rule_set rules(const std::string& text) {
  auto loaded = parse_policy("version = 1\n" + text, "policy.toml");
  for (const auto& each : loaded.mistakes) UNSCOPED_INFO(to_text(each));
  REQUIRE(loaded.mistakes.empty());
  return std::move(loaded.set);
}

std::string rule(const std::string& name, const std::string& effect, const std::string& more = "") {
  const auto approvers = effect == "require" ? "approvers = [\"operator\"]\n" : "";
  return "[[rule]]\nname = \"" + name + "\"\neffect = \"" + effect + "\"\n" +
         (more.find("approvers") == std::string::npos ? approvers : "") + more + "\n";
}

const identity operator_one{identity_kind::operator_, "root"};
const identity alice{identity_kind::human, "alice"};
const identity bot{identity_kind::agent, "bot"};

policy_request request(const identity& who = operator_one) {
  return {"share.start", who, "demo", "main", "upterm", share_mode::ro, minutes(30)};
}

using names = std::vector<std::string>;

} // namespace

TEST_CASE("what no rule names is denied", "[FR-026-002]") {
  const auto none = decide({}, request());
  CHECK(none.effect == policy_effect::deny);
  CHECK(none.code == "no_rule");
  CHECK(none.rules.empty());
  CHECK_THAT(none.message, ContainsSubstring("no rule speaks for share.start of terminal 'demo' by "
                                             "operator (upterm, ro, 30m)"));
  CHECK(decide(rules(rule("others", "allow", "requesters = [\"agent:*\"]")), request()).code ==
        "no_rule");
}

TEST_CASE("an answer that nobody filled in is a denial", "[FR-026-002]") {
  CHECK(policy_decision{}.effect == policy_effect::deny);
  CHECK(policy_rule{}.effect == policy_effect::deny);
}

TEST_CASE("deny beats require beats allow, whatever the order", "[FR-026-002]") {
  std::vector<std::string> parts{rule("a", "allow"), rule("r", "require"), rule("d", "deny")};
  std::sort(parts.begin(), parts.end());
  do {
    const auto all = decide(rules(parts[0] + parts[1] + parts[2]), request());
    CHECK(all.effect == policy_effect::deny);
    CHECK(all.code == "denied_by_rule");
    CHECK(all.rules == names{"d"});
    CHECK(all.stages.empty());
  } while (std::next_permutation(parts.begin(), parts.end()));

  const auto asked = decide(rules(rule("a", "allow") + rule("r", "require")), request());
  CHECK(asked.effect == policy_effect::require);
  CHECK(asked.rules == names{"r"});
  const auto turned = decide(rules(rule("r", "require") + rule("a", "allow")), request());
  CHECK(turned.effect == policy_effect::require);
  const auto allowed = decide(rules(rule("a", "allow") + rule("b", "allow")), request());
  CHECK(allowed.effect == policy_effect::allow);
  CHECK(allowed.rules == names{"a", "b"});
  CHECK(allowed.message == "allowed by rules 'a', 'b'");
}

TEST_CASE("a rule that does not match has no say", "[FR-026-002]") {
  const auto set = rules(rule("d", "deny", "terminals = [\"prod-*\"]") + rule("a", "allow"));
  CHECK(decide(set, request()).effect == policy_effect::allow);
  auto prod = request();
  prod.terminal = "prod-1";
  CHECK(decide(set, prod).effect == policy_effect::deny);
}

TEST_CASE("each matcher has to match", "[FR-026-002]") {
  const auto set = rules(rule("narrow", "allow", R"(
actions = ["share.st*"]
requesters = ["human:alice", "operator"]
terminals = ["demo", "web-?"]
lanes = ["m*"]
backends = ["upterm"]
modes = ["ro"]
max_ttl = "30m")"));
  CHECK(decide(set, request()).effect == policy_effect::allow);
  CHECK(decide(set, request(alice)).effect == policy_effect::allow);
  const auto denied = [&](auto change) {
    auto other = request();
    change(other);
    return decide(set, other).effect == policy_effect::deny;
  };
  CHECK(denied([](auto& r) { r.action = "share.extend"; }));
  CHECK(denied([](auto& r) { r.requester = bot; }));
  CHECK(denied([](auto& r) { r.terminal = "demo2"; }));
  CHECK(denied([](auto& r) { r.lane = ""; }));
  CHECK(denied([](auto& r) { r.backend = "tmate"; }));
  CHECK(denied([](auto& r) { r.mode = share_mode::rw; }));
  CHECK(denied([](auto& r) { r.ttl = minutes(31); }));
}

TEST_CASE("a TTL of exactly the maximum matches, a millisecond more does not", "[FR-026-003]") {
  const auto set =
      rules(rule("hour", "allow", "max_ttl = \"1h\"") + rule("half", "allow", "max_ttl = \"30m\""));
  auto asked = request();
  asked.ttl = hours(1);
  CHECK(decide(set, asked).rules == names{"hour"});
  asked.ttl.ms += 1;
  const auto denied = decide(set, asked);
  CHECK(denied.effect == policy_effect::deny);
  CHECK_THAT(denied.message, ContainsSubstring("rule 'hour' is for at most 1h"));
  CHECK(denied.hint == "ask for 1h or less");
  asked.ttl.ms = 1;
  CHECK(decide(set, asked).rules == names{"hour", "half"});
}

TEST_CASE("odd requests are denied even by a policy that allows everything", "[FR-026-002]") {
  const auto set = rules(rule("everything", "allow"));
  const auto code = [&](auto change) {
    auto odd = request();
    change(odd);
    const auto decision = decide(set, odd);
    CHECK(decision.effect == policy_effect::deny);
    return decision.code;
  };
  CHECK(decide(set, request()).effect == policy_effect::allow);
  CHECK(code([](auto& r) { r.action = "share.everything"; }) == "bad_request");
  CHECK(code([](auto& r) { r.action = ""; }) == "bad_request");
  CHECK(code([](auto& r) { r.requester = identity{}; }) == "bad_request");
  CHECK(code([](auto& r) { r.requester = {identity_kind::agent, ""}; }) == "bad_request");
  CHECK(code([](auto& r) { r.ttl = {0}; }) == "bad_request");
  CHECK(code([](auto& r) { r.ttl = {-1}; }) == "bad_request");
}

TEST_CASE("several rules that require an approval make a chain in file order", "[FR-026-002]") {
  const auto set = rules(rule("team", "require", R"(
approvers = ["human:alice", "human:bob", "human:carol"]
quorum = 2
deadline = "5m"
description = "two of the team")") +
                         rule("a", "allow") + rule("owner", "require"));
  const auto decision = decide(set, request(bot), minutes(7));
  CHECK(decision.effect == policy_effect::require);
  CHECK(decision.code == "approval_required");
  CHECK(decision.rules == names{"team", "owner"});
  REQUIRE(decision.stages.size() == 2);
  CHECK(decision.stages[0].rule == "team");
  CHECK(decision.stages[0].quorum == 2);
  CHECK(decision.stages[0].deadline == minutes(5));
  CHECK(decision.stages[0].reason == "two of the team");
  CHECK(decision.stages[1].approvers == names{"operator"});
  CHECK(decision.stages[1].quorum == 1);
  CHECK(decision.stages[1].deadline == minutes(7));
  CHECK(decision.message == "rules 'team', 'owner' ask for an approval by 2 of human:alice, "
                            "human:bob, human:carol, then operator");
}

TEST_CASE("a denial tells the rule and what the rule says of itself", "[FR-026-002]") {
  const auto set = rules(rule("frozen", "deny", "description = \"no shares during the audit\""));
  CHECK(decide(set, request()).message == "denied by rule 'frozen': no shares during the audit");
}

TEST_CASE("an explanation has every rule and why it matched or not", "[FR-026-002]") {
  const auto set =
      rules(rule("agents", "allow", "requesters = [\"agent:*\"]") +
            rule("short", "allow", "max_ttl = \"10m\"") + rule("looks", "allow") +
            rule("writes", "require", "modes = [\"rw\"]") +
            rule("prod", "deny", "terminals = [\"prod-*\", \"db\"]") +
            rule("later", "deny", "actions = [\"share.extend\"]") +
            rule("lane", "deny", "lanes = [\"x\"]") + rule("tm", "deny", "backends = [\"tmate\"]"));
  const auto decision = explain(set, request());
  CHECK(decision.effect == decide(set, request()).effect);
  CHECK(decide(set, request()).explanation.empty());
  REQUIRE(decision.explanation.size() == 8);
  const auto why = [&](std::size_t i) { return decision.explanation[i].why; };
  CHECK(why(0) == "requester 'operator' is not among: agent:*");
  CHECK(why(1) == "ttl 30m is longer than 10m");
  CHECK(why(2) == "everything matches");
  CHECK(decision.explanation[2].matched);
  CHECK(why(3) == "mode 'ro' is not among the rule's modes");
  CHECK(why(4) == "terminal 'demo' is not among: prod-*, db");
  CHECK(decision.explanation[4].effect == policy_effect::deny);
  CHECK_FALSE(decision.explanation[4].matched);
  CHECK(why(5) == "action 'share.start' is not among: share.extend");
  CHECK(why(6) == "lane 'main' is not among: x");
  CHECK(why(7) == "backend 'upterm' is not among: tmate");
}

TEST_CASE("only those whom the rule names may approve, an agent never its own", "[FR-026-002]") {
  const auto stage = [](names approvers) {
    return approval_stage{"r", std::move(approvers), 1, minutes(10), ""};
  };
  CHECK(may_approve(stage({"operator"}), operator_one, bot));
  CHECK_FALSE(may_approve(stage({"operator"}), alice, bot));
  CHECK(may_approve(stage({"human:*"}), alice, bot));
  CHECK_FALSE(may_approve(stage({"human:*"}), operator_one, bot));
  CHECK_FALSE(may_approve(stage({}), operator_one, bot));

  const identity other{identity_kind::agent, "other"};
  CHECK(may_approve(stage({"agent:*"}), other, bot));
  CHECK_FALSE(may_approve(stage({"agent:*"}), bot, bot));
  CHECK_FALSE(may_approve(stage({"*"}), bot, bot));
  CHECK_FALSE(may_approve(stage({"agent:bot"}), bot, bot));

  CHECK(may_approve(stage({"operator"}), operator_one, operator_one));
  CHECK(may_approve(stage({"human:alice"}), alice, alice));
  CHECK_FALSE(may_approve(stage({"*"}), identity{}, bot));
  CHECK_FALSE(may_approve(stage({"*"}), bot, identity{}));
}

TEST_CASE("the starter policy does what it says", "[FR-026-002]") {
  const auto loaded = parse_policy(starter_policy(), "policy.toml");
  REQUIRE(loaded.mistakes.empty());
  for (const std::string action : {"share.start", "share.extend"}) {
    auto asked = request();
    asked.action = action;
    asked.ttl = hours(1);
    CHECK(decide(loaded.set, asked).effect == policy_effect::allow);
    asked.ttl.ms += 1;
    CHECK(decide(loaded.set, asked).code == "no_rule");
    asked.ttl = minutes(10);
    asked.mode = share_mode::rw;
    const auto writes = decide(loaded.set, asked);
    CHECK(writes.effect == policy_effect::require);
    REQUIRE(writes.stages.size() == 1);
    CHECK(may_approve(writes.stages[0], operator_one, operator_one));
    for (const auto mode : {share_mode::ro, share_mode::rw}) {
      for (const auto& who : {bot, alice}) {
        asked.mode = mode;
        asked.requester = who;
        const auto decision = decide(loaded.set, asked);
        REQUIRE(decision.effect == policy_effect::require);
        CHECK(may_approve(decision.stages[0], operator_one, who));
        CHECK_FALSE(may_approve(decision.stages[0], who, who));
        CHECK_FALSE(may_approve(decision.stages[0], alice, who));
      }
    }
  }
}

TEST_CASE("a decision over 500 rules explains each of them", "[FR-026-002]") {
  std::string text;
  for (int i = 0; i < 500; ++i)
    text += rule("rule-" + std::to_string(i), i % 3 == 0 ? "deny" : "allow",
                 "requesters = [\"agent:team-" + std::to_string(i) +
                     "-*\", \"human:*-x\"]\nterminals = [\"*-a-*-b-*\", \"web-" +
                     std::to_string(i) + "\"]\nmax_ttl" + (i % 3 == 0 ? "_" : "") + " = \"1h\"");
  // Deny rules take no max_ttl; a comment keeps the sizes alike.
  for (std::size_t at = 0; (at = text.find("max_ttl_ =", at)) != std::string::npos;)
    text.replace(at, 10, "# no limit");
  const auto set = rules(text);
  auto asked = request({identity_kind::human, "somebody-x"});
  asked.terminal = "a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a";
  CHECK(explain(set, asked).explanation.size() == 500);
}

TEST_CASE("requests and decisions cross the bus unchanged") {
  const auto set = rules(rule("r", "require", "quorum = 1\ndescription = \"why\""));
  const auto decision = explain(set, request(bot));
  const auto back = decoded<policy_decision>(encode(decision));
  CHECK(encode(back) == encode(decision));
  CHECK(back.stages.at(0).deadline == minutes(10));
  CHECK(encode(decoded<policy_request>(encode(request(alice)))) == encode(request(alice)));
}
