#include "config/complaints.hpp"
#include "config/nearest.hpp"
#include "config/settings.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

#include <array>
#include <set>
#include <sys/stat.h>

using namespace termlease;
using namespace termlease::config;

namespace {

/// The mistakes of a text as an editor would list them.
std::vector<std::string> mistakes_of(std::string_view text) {
  std::vector<std::string> lines;
  for (const auto& each : parse_settings(text, "config.toml").mistakes)
    lines.push_back(messages::to_text(each));
  return lines;
}

std::string only_mistake_of(std::string_view text) {
  const auto lines = mistakes_of(text);
  INFO(text);
  REQUIRE(lines.size() == 1);
  return lines.front();
}

} // namespace

TEST_CASE("without a settings file everything has its default", "[FR-026-003]") {
  tests::temporary_folder base;
  const auto loaded = load_settings(base / "config.toml");
  CHECK(loaded.mistakes.empty());
  CHECK(loaded.values.shares.default_ttl == messages::minutes(30));
  CHECK(loaded.values.shares.max_ttl == messages::hours(8));
  CHECK(loaded.values.shares.default_warn == messages::minutes(5));
  CHECK(loaded.values.shares.per_terminal_limit == 4);
  CHECK(loaded.values.shares.default_backend == "upterm");
  CHECK(loaded.values.terminals.tmux_config.empty());
  CHECK(loaded.values.bus.max_line == 1048576);
}

TEST_CASE("a settings file changes what it names and nothing else", "[FR-026-003][FR-026-006]") {
  const auto loaded = parse_settings(R"(
[shares]
default_ttl = "45m"
per_terminal_limit = 2
[upterm]
program = "~/bin/upterm"
relay_host = "relay.example.org"
relay_port = 2222
known_hosts = "/etc/relay_hosts"
[log]
level = "debug"
)",
                                     "config.toml", "/home/a");
  REQUIRE(loaded.mistakes.empty());
  CHECK(loaded.values.shares.default_ttl == messages::minutes(45));
  CHECK(loaded.values.shares.per_terminal_limit == 2);
  CHECK(loaded.values.shares.max_ttl == messages::hours(8));
  CHECK(loaded.values.upterm.program == "/home/a/bin/upterm");
  CHECK(loaded.values.upterm.relay_port == 2222);
  CHECK(loaded.values.log.level == "debug");
}

TEST_CASE("an unknown key is named with its place and the key that was meant") {
  CHECK(only_mistake_of("[shares]\ndefault_tll = \"1h\"\n") ==
        "config.toml:2:1: shares.default_tll: is not known here (did you mean 'default_ttl'?)");
  CHECK_THAT(only_mistake_of("[share]\n"), ContainsSubstring("did you mean 'shares'?"));
  CHECK_THAT(only_mistake_of("default_ttl = \"1h\"\n"),
             ContainsSubstring("it belongs into [shares]"));
  CHECK_THAT(only_mistake_of("[log]\nzzz = 1\n"), ContainsSubstring("known here: level"));
}

TEST_CASE("a value of the wrong type says what was expected and what was found") {
  CHECK(only_mistake_of("[shares]\nmax_guests = \"many\"\n") ==
        "config.toml:2:14: shares.max_guests: expected a whole number from 1 to 200, found a text");
  CHECK_THAT(only_mistake_of("[shares]\ndefault_ttl = 30\n"),
             ContainsSubstring("expected a length of time from 1s to 30d, found a whole number") &&
                 ContainsSubstring("\"30m\""));
  CHECK_THAT(only_mistake_of("[shares]\ndefault_ttl = \"30 minutes\"\n"),
             ContainsSubstring("'30 minutes' is not a length of time"));
  CHECK_THAT(only_mistake_of("[log]\nlevel = [\"info\"]\n"),
             ContainsSubstring("expected a text in quotes, found a list"));
  CHECK_THAT(only_mistake_of("shares = 3\n"), ContainsSubstring("expected a table"));
  CHECK_THAT(only_mistake_of("[bus]\nmax_clients = 1.5\n"), ContainsSubstring("found a fraction"));
}

TEST_CASE("a value out of range is refused at both ends and accepted at both limits") {
  CHECK_THAT(only_mistake_of("[shares]\ndefault_ttl = \"999ms\"\n"),
             ContainsSubstring("out of range"));
  CHECK(mistakes_of("[shares]\ndefault_ttl = \"1s\"\n").empty());
  CHECK(mistakes_of("[shares]\nmax_ttl = \"30d\"\n").empty());
  CHECK_THAT(only_mistake_of("[shares]\nmax_ttl = \"30d1ms\"\n"),
             ContainsSubstring("out of range"));
  CHECK(mistakes_of("[shares]\nmax_guests = 200\n").empty());
  CHECK_THAT(only_mistake_of("[shares]\nmax_guests = 201\n"), ContainsSubstring("201"));
  CHECK_THAT(only_mistake_of("[shares]\nmax_guests = 0\n"), ContainsSubstring("from 1 to 200"));
  CHECK_THAT(only_mistake_of("[bus]\nmax_clients = -9223372036854775808\n"),
             ContainsSubstring("out of range"));
  CHECK_THAT(only_mistake_of("[log]\nlevel = \"inof\"\n"), ContainsSubstring("mean 'info'?"));
}

TEST_CASE("paths are absolute and hosts can't be taken for options") {
  CHECK_THAT(only_mistake_of("[terminals]\ntmux = \"bin/tmux\"\n"), ContainsSubstring("absolute"));
  CHECK_THAT(only_mistake_of("[terminals]\ntmux = \"/bin/tmux\\u001b[2J\"\n"),
             ContainsSubstring("control characters"));
  CHECK_THAT(only_mistake_of("[upterm]\nrelay_host = \"-oProxyCommand=x\"\n"),
             ContainsSubstring("not a host name"));
  CHECK_THAT(only_mistake_of("[upterm]\nrelay_host = \"a b\"\n"),
             ContainsSubstring("not a host name"));
}

TEST_CASE("settings that contradict each other are refused where they stand") {
  CHECK(only_mistake_of("[shares]\nmax_ttl = \"1h\"\ndefault_ttl = \"2h\"\n") ==
        "config.toml:3:15: shares.default_ttl: is longer than max_ttl (1h) (raise max_ttl or lower "
        "default_ttl)");
  CHECK_THAT(only_mistake_of("[upterm]\nrelay_host = \"r\"\nknown_hosts = \"/k\"\n"),
             ContainsSubstring("need each other"));
  CHECK_THAT(only_mistake_of("[upterm]\nrelay_port = 22\n"), ContainsSubstring("need each other"));
  const auto fingerprint = "SHA256:" + std::string(43, 'A');
  CHECK_THAT(only_mistake_of("[tmate]\nrelay_port = 22\n"), ContainsSubstring("need each other"));
  CHECK_THAT(only_mistake_of("[tmate]\nrelay_host = \"r\"\nrelay_port = 22\n"),
             ContainsSubstring("needs a fingerprint"));
  CHECK(parse_settings("[tmate]\nrelay_host = \"r\"\nrelay_port = 22\nrelay_rsa_fingerprint = \"" +
                           fingerprint + "\"\n",
                       "config.toml")
            .mistakes.empty());
  for (const auto& wrong : {std::string("SHA256:AAAA"), "MD5:" + std::string(43, 'A'),
                            "SHA256:" + std::string(42, 'A') + "'"})
    CHECK_THAT(only_mistake_of("[tmate]\nrelay_rsa_fingerprint = \"" + wrong + "\"\n"),
               ContainsSubstring("is not a fingerprint"));
  // upterm takes a relay's key as the one that signs certificates; a plain line pins nothing.
  CHECK_THAT(only_mistake_of("[upterm]\nrelay_host = \"r\"\nrelay_port = 22\n"),
             ContainsSubstring("needs known_hosts") &&
                 ContainsSubstring("@cert-authority [HOST]:PORT KEY"));
  CHECK_THAT(only_mistake_of("[supervision]\nbackoff_min = \"10s\"\n"),
             ContainsSubstring("longer than backoff_max"));
  CHECK_THAT(only_mistake_of("[shares]\nper_terminal_limit = 5\ntotal_limit = 4\n"),
             ContainsSubstring("more than total_limit"));
}

TEST_CASE("a maximum below the default TTL is found even when the default is not written") {
  CHECK_THAT(only_mistake_of("[shares]\nmax_ttl = \"10m\"\n"),
             ContainsSubstring("longer than max_ttl (10m)"));
}

TEST_CASE("all mistakes of a file are told, in the order of its lines") {
  const auto lines = mistakes_of("[log]\nlevel = 1\n[shares]\nfoo = 1\nmax_ttl = 2\n[wat]\n");
  REQUIRE(lines.size() == 4);
  CHECK_THAT(lines[0], ContainsSubstring("config.toml:2:"));
  CHECK_THAT(lines[1], ContainsSubstring("config.toml:4:"));
  CHECK_THAT(lines[2], ContainsSubstring("config.toml:5:"));
  CHECK_THAT(lines[3], ContainsSubstring("config.toml:6:"));
}

TEST_CASE("a file with a mistake becomes one error that counts the others") {
  const auto why =
      as_failure("bad_settings", parse_settings("[log]\nlevel = \"loud\"\nx = 1\n", "c").mistakes);
  CHECK(why.code == "bad_settings");
  CHECK_THAT(why.message,
             ContainsSubstring("c:2:9: log.level: 'loud'") && ContainsSubstring("1 more mistake"));
  CHECK_THAT(why.details.hint, ContainsSubstring("known here: trace"));
}

TEST_CASE("printed settings read back as they were, and name every setting") {
  settings changed;
  changed.shares.default_ttl = messages::span{5'400'500};
  changed.terminals.tmux = "/opt/a \"b\"\\c/tmux";
  changed.bus.max_clients = 7;
  const auto text = settings_text(changed);
  const auto loaded = parse_settings(text, "printed");
  INFO(text);
  REQUIRE(loaded.mistakes.empty());
  CHECK(settings_text(loaded.values) == text);
  CHECK(loaded.values.terminals.tmux == changed.terminals.tmux);

  std::set<std::string> names;
  for (const auto& line : setting_lines({})) {
    CHECK_FALSE(line.doc.empty());
    CHECK_FALSE(line.allowed.empty());
    CHECK(line.value == line.standard);
    CHECK(names.insert(line.section + "." + line.key).second);
  }
  CHECK(names.size() == 53);
}

TEST_CASE("a share of 30 minutes warns at 25, a short one in its last sixth", "[FR-026-004]") {
  using messages::minutes;
  CHECK(warns_before_end(minutes(30), minutes(5)) == minutes(5));
  CHECK(warns_before_end(minutes(10), minutes(5)) == minutes(5));
  CHECK(warns_before_end({600'000 - 1}, minutes(5)).ms == 99'999);
  CHECK(warns_before_end(minutes(6), minutes(5)) == minutes(1));
  CHECK(warns_before_end({5}, minutes(5)).ms == 0);
  CHECK(warns_before_end(minutes(30), {0}).ms == 0);
}

TEST_CASE("a word that is nearly right is recognised, one that is not isn't") {
  const std::array<std::string_view, 3> words{"allow", "require", "deny"};
  CHECK(nearest("alow", words) == "allow");
  CHECK(nearest("rqeuire", words) == "require");
  CHECK(nearest("dney", words) == "deny");
  CHECK(nearest("block", words).empty());
  CHECK(nearest("", words).empty());
  CHECK(nearest(std::string(1'000'000, 'a'), words).empty());
}

TEST_CASE("a terminal's limit is its own, its lane's, or that of all", "[FR-026-006]") {
  const auto read = parse_settings("[shares]\nper_terminal_limit = 5\n"
                                   "lane_limits = { build = 2, \"my lane\" = 3 }\n"
                                   "[shares.terminal_limits]\ndemo = 1\n",
                                   "config.toml");
  REQUIRE(read.mistakes.empty());
  const auto& shares = read.values.shares;
  CHECK(share_limit(shares, "demo", "build") == 1);
  CHECK(share_limit(shares, "other", "build") == 2);
  CHECK(share_limit(shares, "other", "my lane") == 3);
  CHECK(share_limit(shares, "other", "default") == 5);
  CHECK(parse_settings(settings_text(read.values), "again.toml").values.shares.lane_limits ==
        shares.lane_limits);
  const auto wrong = parse_settings("[shares]\nlane_limits = { build = 0 }\n", "config.toml");
  REQUIRE(wrong.mistakes.size() == 1);
  CHECK(wrong.mistakes[0].key == "shares.lane_limits.build");
  CHECK(parse_settings("[shares]\nterminal_limits = 3\n", "config.toml").mistakes.size() == 1);
}
