#include "tests/support/catch.hpp"
#include "tests/unit/cli_fake_runtime.hpp"
#include "tools/termlease/command_line.hpp"
#include "tools/termlease/output/completion.hpp"
#include "tools/termlease/output/help.hpp"

#include <fstream>

using namespace termlease::cli;
using cli_test::outcome;
using cli_test::private_home;
using cli_test::run;

namespace {

void visit(const CLI::App* command, const std::function<void(const CLI::App*)>& each) {
  each(command);
  for (const auto* below :
       command->get_subcommands([](const CLI::App* any) { return !any->get_group().empty(); }))
    visit(below, each);
}

/// All commands, the program first.
void for_each_command(const std::function<void(const CLI::App*)>& each) {
  std::ostringstream nowhere;
  console screen(nowhere, nowhere);
  invocation none(screen);
  const auto program = make_program(none);
  visit(program.get(), each);
}

std::string read_file(const std::string& path) {
  std::ifstream from(path);
  std::stringstream text;
  text << from.rdbuf();
  return text.str();
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("a command line that can't be meant is a usage error before anything is asked") {
  const private_home home; // there is no runtime: whatever asks one would answer with 4
  const std::vector<std::vector<std::string>> lines{
      {"shar"},
      {"terminal"},
      {"terminal", "new"},
      {"share", "demo", "--ttl", "0s"},
      {"share", "demo", "--ttl", "30"},
      {"share", "demo", "--ttl", "soon"},
      {"share", "demo", "--ttl", "-5m"},
      {"share", "demo", "--ttl", "5m", "--warn", "5m"},
      {"share", "demo", "--mode", "rx"},
      {"share", "demo", "--nonsense"},
      {"share", "demo", "other"},
      {"extend", "3f2a9c1d", "0m"},
      {"extend", "3f2a9c1d"},
      {"token", "create", "ann"},
      {"token", "create", "ann", "--kind", "operator"},
      {"audit", "--since", "yesterday"},
      {"policy", "explain", "fly", "demo"},
      {"terminal", "adopt", "x"},
      {"daemon", "--stop", "--status"},
  };
  for (auto line : lines) {
    line.insert(line.begin(), "--no-start");
    const auto got = run(line);
    INFO(line.back());
    CHECK(got.code == 2);
    CHECK(got.out.empty());
    CHECK_THAT(got.err, ContainsSubstring("error: "));
    CHECK_THAT(got.err, ContainsSubstring(" next: "));
    line.emplace_back("--json");
    const auto told = run(line);
    CHECK(told.code == 2);
    CHECK(told.err.empty());
    CHECK_FALSE(told.value().at("error").at("code").get<std::string>().empty());
    CHECK_FALSE(told.value().at("error").at("message").get<std::string>().empty());
    CHECK_FALSE(told.value().at("error").at("details").at("hint").get<std::string>().empty());
  }
}

TEST_CASE("mistyped commands and options are told what was meant") {
  CHECK_THAT(run({"shar"}).err, ContainsSubstring("did you mean 'share'?"));
  CHECK_THAT(run({"terminal", "atach"}).err, ContainsSubstring("did you mean 'attach'?"));
  CHECK_THAT(run({"share", "--tll", "5m"}).err, ContainsSubstring("did you mean '--ttl'?"));
}

TEST_CASE("every command has help with a usage line and examples") {
  std::size_t count = 0;
  for_each_command([&](const CLI::App* command) {
    ++count;
    std::vector<std::string> line;
    for (const auto* at = command; at->get_parent(); at = at->get_parent())
      line.insert(line.begin(), at->get_name());
    line.emplace_back("--help");
    const auto got = run(line);
    INFO(typed_name(command));
    CHECK(got.code == 0);
    CHECK(got.err.empty());
    CHECK_THAT(got.out, ContainsSubstring("Usage: " + typed_name(command)));
    CHECK_THAT(got.out, ContainsSubstring("\nExamples:\n  "));
  });
  CHECK(count > 30);
  CHECK(run({}).out == run({"--help"}).out);
  CHECK(run({"help", "share"}).out == run({"share", "--help"}).out);
}

TEST_CASE("the version is told") {
  const auto got = run({"--version"});
  CHECK(got.code == 0);
  CHECK(got.out == "termlease " TERMLEASE_VERSION "\n");
}

TEST_CASE("completion and man page know every command and every option") {
  const auto bash = run({"completion", "bash"}).out;
  const auto zsh = run({"completion", "zsh"}).out;
  const auto fish = run({"completion", "fish"}).out;
  const auto manual = read_file(TERMLEASE_SOURCE_DIR "/docs/man/termlease.1");
  for_each_command([&](const CLI::App* command) {
    const auto name = typed_name(command);
    if (!command->get_parent()) return;
    const auto path = name.substr(name.find(' ') + 1);
    INFO(path);
    CHECK(holds(bash, "'" + path + "')"));
    CHECK(holds(zsh, "'" + path + "')"));
    CHECK(holds(fish, "-a '" + command->get_name() + "'"));
    CHECK(holds(manual, ".B " + name));
    for (const auto* option : command->get_options()) {
      if (option->get_lnames().empty() || option->get_group().empty()) continue;
      INFO(option->get_lnames().front());
      CHECK(holds(bash, "--" + option->get_lnames().front()));
      CHECK(holds(fish, "-l " + option->get_lnames().front()));
      std::string in_roff = "\\-\\-" + option->get_lnames().front();
      for (auto at = in_roff.find('-', 4); at != std::string::npos; at = in_roff.find('-', at + 2))
        in_roff.replace(at, 1, "\\-");
      CHECK(holds(manual, in_roff));
    }
  });
  CHECK(holds(zsh, "#compdef termlease"));
  CHECK(run({"completion", "tcsh"}).code == 2);
}

TEST_CASE("each failure has its exit code") {
  using termlease::messages::failure;
  const auto code = [](const char* name) { return exit_code_of(failure{name, "", ""}); };
  CHECK(code("denied") == exit_code::denied);
  CHECK(code("not_an_approver") == exit_code::denied);
  CHECK(code("operator_only") == exit_code::denied);
  CHECK(code("no_runtime") == exit_code::no_answer);
  CHECK(code("no_answer") == exit_code::no_answer);
  CHECK(code("connection_lost") == exit_code::no_answer);
  CHECK(code("no_such_share") == exit_code::failed);
}

TEST_CASE("without a runtime, --no-start says so with code 4, and status says no with code 1") {
  const private_home home;
  const auto shares = run({"shares", "--no-start", "--json"});
  CHECK(shares.code == 4);
  CHECK(shares.value()["error"]["code"] == "no_runtime");
  CHECK(run({"daemon", "--status"}).code == 1);
  CHECK(run({"daemon", "--status", "--json"}).value() == cli_test::json{{"running", false}});
  CHECK(run({"daemon", "--stop"}).code == 0);
  CHECK(run({"complete-names", "shares"}).out.empty());
}

TEST_CASE("a policy is begun, not overwritten, and checked with line and key") {
  const private_home home;
  const auto file = home.folder() / "config" / "policy.toml";
  CHECK(run({"policy", "check"}).code == 1);
  REQUIRE(run({"policy", "init"}).code == 0);
  CHECK((std::filesystem::status(file).permissions() & std::filesystem::perms::mask) ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  CHECK(run({"policy", "check"}).code == 0);
  std::ofstream(file, std::ios::app) << "[[rule]]\nefect = 3\n";
  const auto again = run({"policy", "init", "--json"});
  CHECK(again.code == 1);
  CHECK(again.value()["error"]["code"] == "file_exists");
  const auto wrong = run({"policy", "check", file.string()});
  CHECK(wrong.code == 1);
  CHECK_THAT(wrong.out, ContainsSubstring(file.string() + ":"));
  CHECK_THAT(wrong.out, ContainsSubstring("efect"));
  const auto told = run({"policy", "check", file.string(), "--json"}).value();
  CHECK(told["valid"] == false);
  CHECK(told["mistakes"][0]["line"].get<int>() > 1);
  CHECK(run({"policy", "init", "--force"}).code == 0);
  CHECK(run({"policy", "check", "--json"}).value()["valid"] == true);
}

TEST_CASE("settings are printed as a file that can be read back, and mistakes in it are told") {
  const private_home home;
  CHECK_THAT(run({"settings"}).out, ContainsSubstring("default_ttl = \"30m\""));
  CHECK(run({"settings", "--json"}).value()["settings"][0]["key"] == "shares.default_ttl");
  std::filesystem::create_directories(home.folder() / "config");
  std::ofstream(home.folder() / "config" / "config.toml") << "[shares]\ndefault_ttl = 5\n";
  const auto broken = run({"settings", "--json"});
  CHECK(broken.code == 1);
  CHECK(broken.value()["error"]["code"] == "bad_settings");
}
