#include "config/policy/pattern.hpp"
#include "tests/support/catch.hpp"

#include <chrono>

using namespace termlease;
using namespace termlease::config;
using messages::identity;
using messages::identity_kind;

TEST_CASE("a star stands for any characters and a question mark for one") {
  CHECK(matches("demo", "demo"));
  CHECK_FALSE(matches("demo", "demo2"));
  CHECK_FALSE(matches("demo", "Demo"));
  CHECK(matches("*", ""));
  CHECK(matches("*", "anything at all"));
  CHECK(matches("share.*", "share.start"));
  CHECK(matches("share.*", "share."));
  CHECK_FALSE(matches("share.*", "shares.start"));
  CHECK(matches("*-prod", "web-prod"));
  CHECK(matches("*-prod", "-prod-prod"));
  CHECK_FALSE(matches("*-prod", "web-prod-2"));
  CHECK(matches("a*b*c", "a-b-b-c"));
  CHECK_FALSE(matches("a*b*c", "a-c-b"));
  CHECK(matches("**", "x"));
  CHECK(matches("?", "x"));
  CHECK_FALSE(matches("?", ""));
  CHECK_FALSE(matches("?", "xy"));
  CHECK(matches("*?", "x"));
  CHECK_FALSE(matches("*?", ""));
  CHECK(matches("build-??", "build-42"));
}

TEST_CASE("a star crosses dots, slashes and line ends; nothing else is special") {
  CHECK(matches("a*z", "a/.\n.z"));
  CHECK(matches("a.c", "a.c"));
  CHECK_FALSE(matches("a.c", "abc"));
  CHECK(matches("", ""));
  CHECK_FALSE(matches("", "x"));
}

TEST_CASE("a question mark takes a whole UTF-8 character, and one byte of a broken one") {
  CHECK(matches("?", "ä"));
  CHECK(matches("caf?", "café"));
  CHECK(matches("??", "日本"));
  CHECK(matches("*本", "日本"));
  CHECK_FALSE(matches("?", "日本"));
  CHECK(matches("??", "\xff\xfe"));
  CHECK_FALSE(matches("?", "\x80\xbf\xbf\xbf\xbf"));
}

TEST_CASE("a pattern made to be slow isn't") {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "a*";
  const auto begin = std::chrono::steady_clock::now();
  CHECK_FALSE(matches(pattern + "b", std::string(20'000, 'a')));
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
}

TEST_CASE("what would be a pattern elsewhere is refused instead of taken literally") {
  for (const auto* each : {"[ab]", "{a,b}", "a\\*", "!a", "^a", "a$", "a|b", "(a)"}) {
    INFO(each);
    CHECK_THAT(pattern_problem(each), ContainsSubstring("patterns know only"));
  }
  CHECK_FALSE(pattern_problem("").empty());
  CHECK(pattern_problem("web-*.example_1 /ä?").empty());
}

TEST_CASE("people are named by kind and name") {
  const identity operator_one{identity_kind::operator_, "root"};
  const identity alice{identity_kind::human, "alice"};
  const identity bot{identity_kind::agent, "bot-1"};
  CHECK(means("operator", operator_one));
  CHECK_FALSE(means("operator", alice));
  CHECK_FALSE(means("operator", identity{identity_kind::human, "operator"}));
  CHECK(means("human:alice", alice));
  CHECK_FALSE(means("human:alice", identity{identity_kind::agent, "alice"}));
  CHECK_FALSE(means("human:bob", alice));
  CHECK(means("human:*", alice));
  CHECK_FALSE(means("human:*", bot));
  CHECK(means("agent:bot-*", bot));
  CHECK_FALSE(means("agent:bot-*", identity{identity_kind::agent, "xbot-1"}));
  for (const auto& each : {operator_one, alice, bot}) CHECK(means("*", each));
}

TEST_CASE("the runtime and the nameless are meant by no pattern") {
  CHECK_FALSE(means("*", identity{identity_kind::runtime, ""}));
  CHECK_FALSE(means("runtime", identity{identity_kind::runtime, ""}));
  CHECK_FALSE(means("human:*", identity{identity_kind::human, ""}));
  CHECK_FALSE(means("human", identity{identity_kind::human, "alice"}));
}

TEST_CASE("a name can't pass for another kind") {
  CHECK_FALSE(means("operator", identity{identity_kind::agent, "operator"}));
  CHECK_FALSE(means("human:alice", identity{identity_kind::agent, "human:alice"}));
  CHECK(means("agent:human:*", identity{identity_kind::agent, "human:alice"}));
}

TEST_CASE("patterns for people are checked") {
  for (const auto* each : {"*", "operator", "human:*", "agent:ci-?", "human:alice"}) {
    INFO(each);
    CHECK(person_pattern_problem(each).empty());
  }
  CHECK_THAT(person_pattern_problem("agnet:bob"), ContainsSubstring("did you mean 'agent'?"));
  CHECK_THAT(person_pattern_problem("alice"), ContainsSubstring("is nobody"));
  CHECK_THAT(person_pattern_problem("human"), ContainsSubstring("needs a name"));
  CHECK_THAT(person_pattern_problem("human:"), ContainsSubstring("needs a name"));
  CHECK_THAT(person_pattern_problem("operator:root"), ContainsSubstring("one operator"));
  CHECK_THAT(person_pattern_problem("human:[ab]"), ContainsSubstring("patterns know only"));
  CHECK_THAT(person_pattern_problem("runtime"), ContainsSubstring("is nobody"));
  CHECK_FALSE(person_pattern_problem("").empty());
}
