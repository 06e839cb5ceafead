#include "config/policy/load.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

#include <set>
#include <sys/stat.h>

using namespace termlease;
using namespace termlease::config;
using messages::to_text;

namespace {

std::vector<std::string> mistakes_of(const std::string& text) {
  const auto loaded = parse_policy(text, "policy.toml");
  if (!loaded.mistakes.empty()) CHECK(loaded.set.rules.empty());
  std::vector<std::string> lines;
  for (const auto& each : loaded.mistakes) lines.push_back(to_text(each));
  return lines;
}

/// The one mistake of a rule that is fine but for `more`, which begins at line 5.
std::string mistake_of_rule(const std::string& more, const std::string& effect = "allow") {
  const auto lines = mistakes_of("version = 1\n[[rule]]\nname = \"x\"\neffect = \"" + effect +
                                 "\"\n" + more + "\n");
  for (const auto& each : lines) UNSCOPED_INFO(each);
  REQUIRE(lines.size() == 1);
  return lines[0];
}

} // namespace

TEST_CASE("a rule is read as written") {
  const auto loaded = parse_policy(R"(version = 1
[[rule]]
name = "x"
description = "a sentence"
effect = "require"
actions = ["share.*"]
requesters = ["agent:*", "human:a"]
terminals = ["t*"]
lanes = ["l"]
backends = ["upterm", "tmate"]
modes = ["ro", "rw"]
max_ttl = "1h30m"
approvers = ["operator", "human:b"]
quorum = 2
deadline = "90s"
)",
                                   "policy.toml");
  REQUIRE(loaded.mistakes.empty());
  REQUIRE(loaded.set.rules.size() == 1);
  const auto& rule = loaded.set.rules[0];
  CHECK(rule.name == "x");
  CHECK(rule.description == "a sentence");
  CHECK(rule.effect == messages::policy_effect::require);
  CHECK(rule.requesters == std::vector<std::string>{"agent:*", "human:a"});
  CHECK(rule.backends.size() == 2);
  CHECK(rule.modes.size() == 2);
  CHECK(rule.max_ttl == messages::minutes(90));
  CHECK(rule.quorum == 2);
  CHECK(rule.deadline == messages::seconds(90));
}

TEST_CASE("an empty policy is a policy: it denies", "[FR-026-002]") {
  const auto loaded = parse_policy("version = 1\n", "p");
  CHECK(loaded.mistakes.empty());
  CHECK(loaded.set.rules.empty());
}

TEST_CASE("the version is required and known") {
  CHECK_THAT(mistakes_of("").at(0), ContainsSubstring("begin it with: version = 1"));
  CHECK_THAT(mistakes_of("version = 2\n").at(0), ContainsSubstring("only version 1"));
  CHECK_THAT(mistakes_of("version = \"1\"\n").at(0), ContainsSubstring("found a text"));
}

TEST_CASE("unknown keys are mistakes, with the key that was meant") {
  CHECK(mistake_of_rule("requester = [\"operator\"]") ==
        "policy.toml:5:1: rule[1].requester: is not known here (did you mean 'requesters'?)");
  CHECK_THAT(mistakes_of("version = 1\n[[rules]]\n").at(0),
             ContainsSubstring("policy.toml:2:3: rules: is not known here (did you mean 'rule'?)"));
}

TEST_CASE("a rule needs a name, an effect and, to require, approvers") {
  const auto lines = mistakes_of("version = 1\n[[rule]]\n[[rule]]\nname = \"\"\neffect = 1\n");
  REQUIRE(lines.size() == 4);
  CHECK_THAT(lines[0], ContainsSubstring("policy.toml:2:") && ContainsSubstring("has a name"));
  CHECK_THAT(lines[1], ContainsSubstring("policy.toml:2:") && ContainsSubstring("has an effect"));
  CHECK_THAT(lines[2], ContainsSubstring("1 to 80 characters"));
  CHECK_THAT(lines[3], ContainsSubstring("found a whole number"));
  CHECK_THAT(mistake_of_rule("", "require"), ContainsSubstring("names who may give it"));
  CHECK_THAT(mistake_of_rule("approvers = []", "require"), ContainsSubstring("list is empty"));
}

TEST_CASE("two rules of one name are refused, since answers name their rules") {
  const auto lines = mistakes_of("version = 1\n[[rule]]\nname = \"x\"\neffect = \"allow\"\n"
                                 "[[rule]]\nname = \"x\"\neffect = \"deny\"\n");
  REQUIRE(lines.size() == 1);
  CHECK_THAT(lines[0], ContainsSubstring("policy.toml:6:8: rule[2].name: another rule is named 'x' "
                                         "(line 3)"));
}

TEST_CASE("a misspelt word is one mistake and says what was meant") {
  CHECK_THAT(mistake_of_rule("max_ttl = \"1h\"\napprovers = [\"operator\"]", "alow"),
             ContainsSubstring("did you mean 'allow'?"));
  CHECK_THAT(mistake_of_rule("modes = [\"r\"]"), ContainsSubstring("'r' is not one of: ro, rw"));
  CHECK_THAT(mistake_of_rule("backends = [\"uptrem\"]"),
             ContainsSubstring("did you mean 'upterm'?"));
  CHECK(mistake_of_rule("actions = [\"share.strat\"]") ==
        "policy.toml:5:12: rule[1].actions: no action matches 'share.strat' (did you mean "
        "'share.start'?)");
  CHECK_THAT(mistake_of_rule("requesters = [\"agnet:x\"]"), ContainsSubstring("mean 'agent'?"));
}

TEST_CASE("a list that matches nothing, or a pattern that means something else, is refused",
          "[FR-026-002]") {
  CHECK_THAT(mistake_of_rule("terminals = []"), ContainsSubstring("leave the key out"));
  CHECK_THAT(mistake_of_rule("terminals = \"a\""), ContainsSubstring("expected a list of texts"));
  CHECK_THAT(mistake_of_rule("terminals = [\"a\", 1]"), ContainsSubstring("5:19"));
  CHECK_THAT(mistake_of_rule("terminals = [\"\"]"), ContainsSubstring("is empty"));
  CHECK_THAT(mistake_of_rule("terminals = [\"a\", \"a\"]"), ContainsSubstring("listed twice"));
  CHECK_THAT(mistake_of_rule("terminals = [\"prod-[12]\"]", "deny"),
             ContainsSubstring("patterns know only"));
  CHECK_THAT(mistake_of_rule("terminals = [[\"a\"]]"), ContainsSubstring("found a list"));
}

TEST_CASE("a deny rule takes no max_ttl, which would let long requests pass", "[FR-026-002]") {
  CHECK_THAT(mistake_of_rule("max_ttl = \"1h\"", "deny"),
             ContainsSubstring("would deny short requests only"));
}

TEST_CASE("what belongs to an approval is refused on other rules") {
  CHECK_THAT(mistake_of_rule("approvers = [\"operator\"]"),
             ContainsSubstring("effect \"require\""));
  CHECK_THAT(mistake_of_rule("quorum = 1", "deny"), ContainsSubstring("effect \"require\""));
  CHECK_THAT(mistake_of_rule("deadline = \"1m\""), ContainsSubstring("effect \"require\""));
}

TEST_CASE("a quorum that can't be reached is refused") {
  CHECK_THAT(mistake_of_rule("approvers = [\"operator\"]\nquorum = 2", "require"),
             ContainsSubstring("only 1 can be given"));
  CHECK_THAT(mistake_of_rule("approvers = [\"operator\"]\nquorum = 0", "require"),
             ContainsSubstring("from 1 to 100"));
  CHECK(mistakes_of("version = 1\n[[rule]]\nname = \"x\"\neffect = \"require\"\napprovers = "
                    "[\"human:*\"]\nquorum = 5\n")
            .empty());
}

TEST_CASE("lengths of time are checked at both ends") {
  CHECK_THAT(mistake_of_rule("max_ttl = \"0s\""), ContainsSubstring("out of range"));
  CHECK_THAT(mistake_of_rule("max_ttl = \"31d\""), ContainsSubstring("out of range"));
  CHECK_THAT(mistake_of_rule("max_ttl = 60"), ContainsSubstring("found a whole number"));
  CHECK_THAT(mistake_of_rule("max_ttl = 10:00:00"), ContainsSubstring("found a date or time"));
  CHECK_THAT(mistake_of_rule("approvers = [\"operator\"]\ndeadline = \"8d\"", "require"),
             ContainsSubstring("from 1s to 7d"));
  CHECK_THAT(mistake_of_rule("max_ttl = \"99999999999999999999h\""),
             ContainsSubstring("not a length of time"));
}

TEST_CASE("text that is not TOML is told with its place", "[FR-026-002]") {
  const auto loaded = parse_policy("version = 1\n[[rule]\n", "p");
  REQUIRE(loaded.mistakes.size() == 1);
  CHECK(loaded.mistakes[0].line == 2);
  CHECK_FALSE(parse_policy("version = 1\nversion = 1\n", "p").mistakes.empty());
  CHECK_FALSE(parse_policy("\xff\xfe\x00", "p").mistakes.empty());
  CHECK_FALSE(parse_policy(std::string("version = 1\n\0", 13), "p").mistakes.empty());
  CHECK_FALSE(parse_policy("rule = 1\nversion = 1", "p").mistakes.empty());
  CHECK_FALSE(parse_policy("version = 1\nrule = [1]", "p").mistakes.empty());
  CHECK_FALSE(parse_policy("version = 1\n[rule]\nname = \"x\"", "p").mistakes.empty());
}

TEST_CASE("a hundred mistakes are told, the others counted") {
  std::string text = "version = 1\n";
  for (int i = 0; i < 1000; ++i) text += "unknown-" + std::to_string(i) + " = 1\n";
  const auto lines = mistakes_of(text);
  REQUIRE(lines.size() == 101);
  CHECK_THAT(lines.back(), ContainsSubstring("900 more mistakes"));
}

TEST_CASE("a file's own text can't write control characters to the terminal") {
  const auto line = mistake_of_rule("\"\\u001b[2J\\u0007\" = 1");
  CHECK(line.find('\x1b') == std::string::npos);
  CHECK(line.find('\a') == std::string::npos);
  CHECK_THAT(mistake_of_rule("description = \"\\u001b[2J\""), ContainsSubstring("control"));
  CHECK(mistake_of_rule("\"" + std::string(100'000, 'k') + "\" = 1").size() < 1000);
}

TEST_CASE("a policy file is read from disk, and a missing one is a mistake", "[FR-026-002]") {
  tests::temporary_folder base;
  const auto none = load_policy(base / "policy.toml");
  CHECK(none.missing);
  REQUIRE(none.mistakes.size() == 1);
  CHECK_THAT(to_text(none.mistakes[0]), ContainsSubstring("termlease policy init"));
  const auto loaded = load_policy(base.write("policy.toml", starter_policy()));
  CHECK(loaded.mistakes.empty());
  CHECK(loaded.set.rules.size() == 4);
}

TEST_CASE("a policy file that others can write, that is no file or too large is refused",
          "[FR-026-002]") {
  tests::temporary_folder base;
  auto file = base.write("policy.toml", starter_policy());
  std::string expected;
  SECTION("writable by others") {
    ::chmod(file.c_str(), 0602);
    expected = "chmod go-w";
  }
  SECTION("a folder") {
    file = base.path();
    expected = "not a regular file";
  }
  SECTION("a pipe that nobody writes to") {
    file = base / "pipe";
    REQUIRE(::mkfifo(file.c_str(), 0600) == 0);
    expected = "not a regular file";
  }
  SECTION("larger than 1 MiB") {
    base.write("policy.toml", "version = 1\n#" + std::string(largest_file, 'x'));
    expected = "larger than 1 MiB";
  }
  SECTION("a device without end") {
    file = "/dev/zero";
    expected = "not a regular file";
  }
  const auto loaded = load_policy(file);
  CHECK(loaded.set.rules.empty());
  REQUIRE(loaded.mistakes.size() == 1);
  CHECK_THAT(to_text(loaded.mistakes[0]), ContainsSubstring(expected));
}

TEST_CASE("a file of exactly 1 MiB is read") {
  tests::temporary_folder base;
  std::string text = "version = 1\n#";
  text.append(largest_file - text.size(), 'x');
  CHECK(load_policy(base.write("policy.toml", text)).mistakes.empty());
}

TEST_CASE("2000 rules are read, 2001 are refused") {
  std::string text = "version = 1\n";
  for (std::size_t i = 0; i < most_rules; ++i)
    text += "[[rule]]\nname = \"r" + std::to_string(i) + "\"\neffect = \"allow\"\n";
  CHECK(parse_policy(text, "p").set.rules.size() == most_rules);
  text += "[[rule]]\nname = \"last\"\neffect = \"deny\"\n";
  CHECK_THAT(mistakes_of(text).at(0), ContainsSubstring("more than 2000 rules"));
}
