#include "config/policy/load.hpp"
#include "tests/support/catch.hpp"

#include <fstream>
#include <iterator>

using namespace termlease;
using namespace termlease::config;
using namespace termlease::messages;

namespace {

/// The policies that docs/policy.md shows, in its order.
std::vector<std::string> shown_policies() {
  std::ifstream file(TERMLEASE_SOURCE_DIR "/docs/policy.md");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::vector<std::string> blocks;
  const std::string fence = "```toml\n";
  for (auto at = text.find(fence); at != std::string::npos; at = text.find(fence, at)) {
    at += fence.size();
    blocks.push_back(text.substr(at, text.find("```", at) - at));
  }
  return blocks;
}

/// The shown policy that has a rule of this name.
rule_set shown_with(const std::string& rule) {
  for (const auto& block : shown_policies())
    if (block.find("\"" + rule + "\"") != std::string::npos)
      return parse_policy(block, "docs/policy.md").set;
  return {};
}

const identity operator_one{identity_kind::operator_, "root"};
const identity agent_one{identity_kind::agent, "ci-7"};
const identity alice{identity_kind::human, "alice"};

policy_effect effect_of(const rule_set& set, const std::string& terminal, const identity& who,
                        share_mode mode = share_mode::ro, span ttl = minutes(10),
                        const std::string& action = "share.start", const std::string& lane = "") {
  return decide(set, {action, who, terminal, lane, "upterm", mode, ttl}).effect;
}

} // namespace

TEST_CASE("every policy in the manual is one that can be used as it stands") {
  const auto blocks = shown_policies();
  REQUIRE(blocks.size() == 6);
  for (const auto& block : blocks) {
    const auto loaded = parse_policy(block, "docs/policy.md");
    for (const auto& each : loaded.mistakes) UNSCOPED_INFO(to_text(each));
    CHECK(loaded.mistakes.empty());
    CHECK_FALSE(loaded.set.rules.empty());
  }
}

TEST_CASE("the manual's smallest policy lets the operator show a terminal", "[FR-026-002]") {
  const auto set = shown_with("i-show-my-terminal");
  CHECK(effect_of(set, "demo", operator_one, share_mode::ro, hours(1)) == policy_effect::allow);
  CHECK(effect_of(set, "demo", operator_one, share_mode::rw) == policy_effect::deny);
  CHECK(effect_of(set, "demo", agent_one) == policy_effect::deny);
}

TEST_CASE("the manual's example of precedence holds", "[FR-026-002]") {
  const auto set = shown_with("production-database-never");
  CHECK(effect_of(set, "web", operator_one) == policy_effect::allow);
  CHECK(effect_of(set, "prod-web", operator_one) == policy_effect::require);
  CHECK(effect_of(set, "prod-db-1", operator_one) == policy_effect::deny);
  CHECK(effect_of(set, "web", operator_one, share_mode::ro, hours(9)) == policy_effect::deny);
}

TEST_CASE("the manual's chain asks the team, and for read-write the operator, too",
          "[FR-026-002]") {
  const auto set = shown_with("team-first");
  const auto stages = [&](share_mode mode) {
    return decide(set, {"share.start", agent_one, "t", "", "upterm", mode, minutes(5)}).stages;
  };
  REQUIRE(stages(share_mode::ro).size() == 1);
  REQUIRE(stages(share_mode::rw).size() == 2);
  CHECK(stages(share_mode::rw)[0].quorum == 2);
  CHECK(stages(share_mode::rw)[1].rule == "then-the-operator");
  CHECK_FALSE(may_approve(stages(share_mode::ro)[0], operator_one, agent_one));
  CHECK(effect_of(set, "t", operator_one) == policy_effect::deny);
}

TEST_CASE("the manual's other examples hold", "[FR-026-002]") {
  const auto ci = shown_with("ci-shows-its-builds");
  CHECK(effect_of(ci, "build-1", agent_one) == policy_effect::allow);
  CHECK(effect_of(ci, "build-1", agent_one, share_mode::ro, minutes(11)) == policy_effect::deny);
  CHECK(effect_of(ci, "demo", agent_one) == policy_effect::deny);

  const auto frozen = shown_with("frozen-lane");
  const auto half = minutes(30);
  const auto ro = share_mode::ro;
  CHECK(effect_of(frozen, "t", alice, ro, half, "share.start", "release") == policy_effect::allow);
  CHECK(effect_of(frozen, "t", alice, ro, half, "share.extend", "release") == policy_effect::deny);
  CHECK(effect_of(frozen, "t", alice, ro, half, "share.extend", "main") == policy_effect::allow);

  const auto eyes = shown_with("four-eyes");
  CHECK(effect_of(eyes, "t", operator_one, share_mode::rw) == policy_effect::require);
  CHECK(effect_of(eyes, "t", operator_one) == policy_effect::deny);
}
