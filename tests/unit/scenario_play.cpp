#include "tests/support/catch.hpp"
#include "tools/scenario/explore/explore.hpp"
#include "tools/scenario/play/player.hpp"

#include <filesystem>

using namespace termlease;
using namespace termlease::scenario;

TEST_CASE("two runs of one seed are the same run, whatever was played before") {
  for (const auto& file :
       std::filesystem::directory_iterator(TERMLEASE_SOURCE_DIR "/tests/scenarios")) {
    if (file.path().extension() != ".json") continue;
    const auto which = load_script(file.path()).read;
    INFO(file.path().filename().string());
    for (const auto* strategy : {"fifo", "random", "pct"}) {
      auto options = own_options(which);
      options.seed = 11;
      options.strategy = strategy;
      const auto first = play(which, options);
      const auto second = play(which, options);
      CHECK(first.trace == second.trace);
      CHECK(first.turns == second.turns);
      CHECK(first.failure == second.failure);
      CHECK(first.records.size() == second.records.size());
    }
  }
}

TEST_CASE("another seed is another order of turns") {
  const auto which =
      load_script(TERMLEASE_SOURCE_DIR "/tests/scenarios/edge-parts-crash.json").read;
  std::set<std::uint64_t> traces;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    auto options = own_options(which);
    options.seed = seed;
    options.strategy = "random";
    traces.insert(play(which, options).trace);
  }
  CHECK(traces.size() == 10);
}

TEST_CASE("a failing script is made as short as it can be, and fails in the same way") {
  const auto loaded = parse_script(R"json({
    "scenario": "Nobody is ever warned",
    "setting": {"policy": "open"},
    "steps": [
      {"do": "terminal.list"},
      {"do": "share.start", "with": {"terminal": "demo", "ttl": "30m"}, "as": "s"},
      {"guest": "joins", "of": "s"},
      {"at": "10m", "do": "share.list"},
      {"at": "20m", "guest": "leaves", "of": "s"},
      {"at": "28m", "unexpected": "share.warned"},
      {"at": "29m", "do": "share.list"}
    ],
    "properties": [{"never": "share.revoked"}]
  })json",
                                   "long.json");
  REQUIRE(loaded.mistakes.empty());
  auto options = own_options(loaded.read);
  const auto whole = play(loaded.read, options);
  REQUIRE_FALSE(whole.passed);
  const auto shorter = shrink(loaded.read, options);
  INFO(to_text(shorter));
  CHECK(shorter.steps.size() == 2);
  CHECK(shorter.properties.empty());
  const auto again = parse_script(to_text(shorter), "short.json");
  CHECK(again.mistakes.empty());
  CHECK_FALSE(play(again.read, options).passed);
}

TEST_CASE("a mistake in a file is named with its line and the nearest word") {
  const auto loaded = parse_script("{\n  \"scenario\": \"x\",\n  \"steps\": [\n    {\"exepct\": "
                                   "\"share.warned\"},\n    {\"expect\": \"share.warnd\"}\n  ]\n}",
                                   "bad.json");
  REQUIRE(loaded.mistakes.size() == 2);
  CHECK(to_text(loaded.mistakes[0]).find("bad.json:4") != std::string::npos);
  CHECK(to_text(loaded.mistakes[0]).find("expect") != std::string::npos);
  CHECK(to_text(loaded.mistakes[1]).find("bad.json:5") != std::string::npos);
  CHECK(to_text(loaded.mistakes[1]).find("share.warned") != std::string::npos);
}

TEST_CASE("a script that makes no sense is told so, and brings nothing down") {
  const auto mistakes = [](const std::string& steps, const std::string& setting = "{}") {
    return parse_script(R"({"scenario": "x", "setting": )" + setting + R"(, "steps": [)" + steps +
                            "]}",
                        "bad.json")
        .mistakes.size();
  };
  CHECK(mistakes(R"({"fault": "crash", "actor": "nonsense"})") == 1);
  CHECK(mistakes(R"({"fault": "runtime stopped", "when": "share.allowed"})") == 1);
  CHECK(mistakes(R"({"do": "share.list", "together": true})") == 1);
  CHECK(mistakes(R"({"at": "200000d", "do": "share.list"})") == 1);
  CHECK(mistakes(R"({"fault": "clock set", "by": "106751991167d"})") == 1);
  CHECK(mistakes("", R"({"people": {"ann": 7}})") == 1);
  CHECK(mistakes("", R"({"terminals": 5})") == 1);
  CHECK(mistakes("", R"({"policy": "opne"})") == 1);
  CHECK(mistakes("", R"({"policy": {"file": "/no/such/policy.toml"}})") == 1);
  CHECK(mistakes("", R"({"policy": ["version = 1", "[[rule]]", "effect = \"alow\""]})") >= 1);
  CHECK(mistakes("", R"({"settings": {"shares.max_tll": "2h"}})") == 1);
  CHECK(mistakes(R"({"inside": 0, "of": "$s"})") == 1);
  CHECK(mistakes(R"({"inside": -1})") == 1);
  CHECK(mistakes(R"({"fault": "disk full", "chance": 101})") == 1);
  CHECK(mistakes(R"({"do": "share.stop", "with": {"share": "$s.share_id"}})") == 1);
  CHECK(mistakes(R"({"do": "share.list", "by": "nobody"})") == 1);
  CHECK_THROWS_AS(parse_script(R"({"steps": [1e999]})", "bad.json"), messages::failed);
  CHECK_THROWS_AS(parse_script(std::string(20000, '['), "bad.json"), messages::failed);

  const auto fails = [](const std::string& steps, const std::string& setting = "{}") {
    const auto read = parse_script(R"({"scenario": "x", "setting": )" + setting +
                                       R"(, "steps": [)" + steps + "]}",
                                   "bad.json");
    REQUIRE(read.mistakes.empty());
    return !play(read.read, own_options(read.read)).passed;
  };
  CHECK(fails(R"({"fault": "terminal dies"})", R"({"terminals": []})"));
  CHECK(fails(R"({"do": "share.list"})", R"({"terminals": ["a", "a"]})"));
  CHECK(fails(R"({"fault": "worker exits", "when": "share.requested"},
                 {"do": "share.start", "with": {"terminal": "demo"}})",
              R"({"policy": "open"})"));
  CHECK(fails(R"({"fault": "crash", "actor": "shares", "when": "share.revoked"})"));
}
