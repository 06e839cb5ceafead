#include "config/policy/source.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace termlease;
using namespace termlease::config;
using namespace termlease::messages;
namespace fs = std::filesystem;

namespace {

const policy_request looks{
    "share.start", {identity_kind::operator_, "root"}, "demo", "main", "upterm", share_mode::ro,
    minutes(30)};

constexpr auto allows = "version = 1\n[[rule]]\nname = \"yes\"\neffect = \"allow\"\n";
constexpr auto denies = "version = 1\n[[rule]]\nname = \"no!\"\neffect = \"deny\"\n";

} // namespace

TEST_CASE("without a policy file everything is denied, and the answer says so", "[FR-026-002]") {
  tests::temporary_folder base;
  file_policy_source source(base / "policy.toml");
  const auto decision = decide(source.current(), looks);
  CHECK(decision.effect == policy_effect::deny);
  CHECK(decision.code == "policy_missing");
  CHECK_THAT(decision.message, ContainsSubstring("there is no policy file"));
  CHECK_THAT(decision.hint, ContainsSubstring("policy init"));
  CHECK(explain(source.current(), looks).effect == policy_effect::deny);
}

TEST_CASE("a changed policy file counts from the next request on", "[FR-026-002]") {
  tests::temporary_folder base;
  const auto file = base.write("policy.toml", allows);
  file_policy_source source(file);
  CHECK(decide(source.current(), looks).effect == policy_effect::allow);
  const auto generation = source.current().generation;
  base.write("policy.toml", denies);
  CHECK(decide(source.current(), looks).rules == std::vector<std::string>{"no!"});
  CHECK(source.current().generation == generation + 1);

  base.write("new", allows);
  fs::rename(base / "new", file);
  CHECK(decide(source.current(), looks).effect == policy_effect::allow);

  fs::remove(file);
  CHECK(decide(source.current(), looks).code == "policy_missing");
  base.write("policy.toml", allows);
  CHECK(decide(source.current(), looks).effect == policy_effect::allow);
}

TEST_CASE("writes of the same size within one tick of the clock are seen", "[FR-026-002]") {
  tests::temporary_folder base;
  file_policy_source source(base / "policy.toml");
  const std::string yes = allows;
  std::string no = denies;
  no.resize(yes.size() - 1, ' ');
  no += '\n';
  for (int i = 0; i < 200; ++i) {
    base.write("policy.toml", i % 2 ? yes : no);
    CHECK(decide(source.current(), looks).effect ==
          (i % 2 ? policy_effect::allow : policy_effect::deny));
  }
}

TEST_CASE("a new file that is broken shuts the gate and says where", "[FR-026-002]") {
  tests::temporary_folder base;
  base.write("policy.toml", allows);
  file_policy_source source(base / "policy.toml");
  REQUIRE(decide(source.current(), looks).effect == policy_effect::allow);
  base.write("policy.toml", std::string(allows) + "efect = \"deny\"\n");
  const auto decision = decide(source.current(), looks);
  CHECK(decision.effect == policy_effect::deny);
  CHECK(decision.code == "policy_broken");
  CHECK(decision.rules.empty());
  CHECK_THAT(decision.message, ContainsSubstring("policy.toml:5:1: rule[1].efect"));
  CHECK_THAT(decision.hint, ContainsSubstring("did you mean 'effect'?"));
  base.write("policy.toml", allows);
  CHECK(decide(source.current(), looks).effect == policy_effect::allow);
}

TEST_CASE("a file that was only touched is not a new policy") {
  tests::temporary_folder base;
  const auto file = base.write("policy.toml", allows);
  file_policy_source source(file);
  const auto generation = source.current().generation;
  fs::last_write_time(file, fs::file_time_type::clock::now() + std::chrono::hours(1));
  CHECK(source.current().generation == generation);
}

TEST_CASE("a source from a text can be replaced") {
  text_policy_source source(allows);
  CHECK(decide(source.current(), looks).effect == policy_effect::allow);
  const auto generation = source.current().generation;
  source.replace("nonsense");
  CHECK(decide(source.current(), looks).code == "policy_broken");
  CHECK(source.current().generation == generation + 1);
}
