#include "config/programs.hpp"
#include "messages/failure.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/cli_fake_runtime.hpp"
#include "tools/termlease/local/attach.hpp"
#include "tools/termlease/local/examination.hpp"
#include "tools/termlease/local/own_file.hpp"
#include "tools/termlease/local/program.hpp"
#include "tools/termlease/local/tmux_here.hpp"

#include <fstream>

using namespace termlease::cli;
using cli_test::private_home;
namespace config = termlease::config;
namespace fs = std::filesystem;

namespace {

void make_program_file(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file) << "#!/bin/sh\n" << text << '\n';
  fs::permissions(file, fs::perms::owner_all);
}

config::surroundings with_path(const std::string& path, const fs::path& home) {
  return {[path](const char* name) -> std::optional<std::string> {
            if (std::string(name) == "PATH") return path;
            return std::nullopt;
          },
          home, "/tmp", ::getuid()};
}

std::string code_of(const std::function<void()>& what) {
  try {
    what();
  } catch (const termlease::messages::failed& problem) {
    return problem.why().code;
  }
  return "none";
}

} // namespace

TEST_CASE("the pane around us is read from tmux's variables, odd ones mean none") {
  const auto place = tmux_place_in("/tmp/tmux-0/odd,name,123,4", "%7");
  REQUIRE(place);
  CHECK(place->socket == "/tmp/tmux-0/odd,name");
  CHECK(place->pane == "%7");
  CHECK_FALSE(tmux_place_in("", "%7"));
  CHECK_FALSE(tmux_place_in("/tmp/x,1,2", ""));
  CHECK_FALSE(tmux_place_in("/tmp/x", "%7"));
  CHECK_FALSE(tmux_place_in(",", "%7"));
  CHECK_FALSE(tmux_place_in("/tmp/x,1", "%7"));
}

TEST_CASE("a session's name becomes one that a terminal can have") {
  CHECK(terminal_name_from("main") == "main");
  CHECK(terminal_name_from("my work: 2") == "my-work--2");
  CHECK(terminal_name_from("-x") == "x");
  CHECK(terminal_name_from("日本") == "tmux");
  CHECK(terminal_name_from(std::string(200, 'a')).size() == 60);
}

TEST_CASE("attaching switches within one tmux server and nests in another") {
  termlease::messages::terminal_view terminal;
  terminal.tmux_socket = "/run/a.sock";
  terminal.tmux_session = "demo";
  using words = std::vector<std::string>;
  const auto outside = plan_attach(terminal, "", "tmux");
  CHECK(outside.argv == words{"tmux", "-S", "/run/a.sock", "attach-session", "-t", "=demo"});
  CHECK_FALSE(outside.nested);
  const auto same = plan_attach(terminal, "/run/a.sock", "tmux");
  CHECK(same.argv[3] == "switch-client");
  CHECK_FALSE(same.nested);
  terminal.tmux_session = "$3";
  const auto other = plan_attach(terminal, "/run/b.sock", "tmux");
  CHECK(other.argv == words{"tmux", "-S", "/run/a.sock", "attach-session", "-t", "$3"});
  CHECK(other.nested);
}

TEST_CASE("a program's answer is caught, and one that hangs is ended") {
  CHECK(ask_program({"echo", "hello"}).output == "hello\n");
  CHECK(ask_program({"false"}).status == 1);
  CHECK(ask_program({"/nonexistent/program"}).status == 127);
  CHECK(ask_program({"sh", "-c", "echo no >&2"}).output.empty());
  CHECK(ask_program({"sh", "-c", "echo no >&2"}, listen_to::output_and_errors).output == "no\n");
  CHECK(ask_program({"sleep", "60"}, listen_to::output, std::chrono::milliseconds(50)).status ==
        124);
  CHECK(without_line_end("a\r\n\n") == "a");
}

TEST_CASE("a file of ours is written whole, for its owner alone, and replaces only when told") {
  const private_home home;
  const auto file = home.folder() / "policy.toml";
  write_own_file(file, "one", replacing::forbidden);
  CHECK(code_of([&] { write_own_file(file, "two", replacing::forbidden); }) == "file_exists");
  write_own_file(file, "two", replacing::allowed);
  std::ifstream from(file);
  std::string text;
  from >> text;
  CHECK(text == "two");
  CHECK((fs::status(file).permissions() & fs::perms::mask) ==
        (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(std::distance(fs::directory_iterator(home.folder()), fs::directory_iterator()) == 2);
  CHECK(code_of([&] { write_own_file("/nonexistent/x", "x", replacing::allowed); }) ==
        "write_failed");
}

TEST_CASE("upterm is taken as set, else from PATH, and as built where that is too old") {
  const private_home home;
  const config::paths where{home.folder(), home.folder() / "config", home.folder() / "state",
                            home.folder() / "run", home.folder() / "cache"};
  const auto bin = home.folder() / "bin";
  const auto around = with_path(bin.string() + ":relative:", home.folder());
  config::settings chosen;
  const auto find = [&] { return config::find_upterm(chosen, where, around); };
  CHECK(code_of([&] { find(); }) == "backend_missing");
  make_program_file(bin / "upterm", "");
  CHECK(code_of([&] { find(); }) == "backend_missing"); // no relay
  const auto built = where.cache / "backends" / "upterm-0.24.0-abc" / "bin";
  make_program_file(built / "upterm", "");
  CHECK(code_of([&] { find(); }) == "backend_missing"); // half built is not built
  make_program_file(built / "uptermd", "");
  CHECK(find().first.upterm == built / "upterm"); // one without the other is none
  CHECK_FALSE(find().where_too_old);
  make_program_file(bin / "uptermd", "");
  CHECK(find().first.upterm == bin / "upterm");
  CHECK(find().first.uptermd == bin / "uptermd");
  REQUIRE(find().where_too_old);
  CHECK(find().where_too_old->upterm == built / "upterm");
  CHECK(find().where_too_old->uptermd == built / "uptermd");
  chosen.upterm.program = (built / "upterm").string();
  chosen.upterm.uptermd_program = (bin / "uptermd").string();
  CHECK(find().first.upterm == built / "upterm");
  CHECK(find().first.uptermd == bin / "uptermd");
  CHECK_FALSE(find().where_too_old);
  chosen.upterm.program = (home.folder() / "gone").string();
  CHECK(code_of([&] { find(); }) == "backend_missing");
}

TEST_CASE(
    "tmate is taken as set, else from PATH, and needs a relay that was fetched, or one's own") {
  const private_home home;
  const config::paths where{home.folder(), home.folder() / "config", home.folder() / "state",
                            home.folder() / "run", home.folder() / "cache"};
  const auto bin = home.folder() / "bin";
  const auto around = with_path(bin.string(), home.folder());
  config::settings chosen;
  const auto find = [&] { return config::find_tmate(chosen, where, around); };
  CHECK(code_of([&] { find(); }) == "backend_missing");
  make_program_file(bin / "tmate", "");
  CHECK(code_of([&] { find(); }) == "backend_missing"); // no relay
  const auto fetched = where.cache / "backends" / "tmate-relay-abc" / "relay";
  make_program_file(fetched, "");
  CHECK(find().tmate == bin / "tmate");
  CHECK(find().relay == fetched);
  chosen.tmate.relay_host = "relay.example.org";
  CHECK(find().relay.empty());
  chosen.tmate.relay_program = (home.folder() / "gone").string();
  CHECK(code_of([&] { find(); }) == "backend_missing");
}

TEST_CASE("doctor looks at the upterm that a share would use") {
  const private_home home;
  const auto where = config::find_paths();
  const auto bin = home.folder() / "bin";
  const auto built = where.cache / "backends" / "upterm-0.24.0-abc" / "bin";
  for (const auto* name : {"upterm", "uptermd"}) {
    make_program_file(bin / name, "echo upterm version v0.24.0");
    make_program_file(built / name, "echo upterm version v0.24.0");
  }
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", (bin.string() + ":" + path).c_str(), 1);
  const auto found_in = [&](const fs::path& folder) {
    const auto all = examine_programs({}, where);
    return std::ranges::count_if(all, [&](const finding& each) {
      return each.found.find(folder.string()) != std::string::npos;
    });
  };
  CHECK(found_in(bin) == 2);
  make_program_file(bin / "uptermd", "echo upterm version v0.19.9");
  CHECK(found_in(built) == 2);
  ::setenv("PATH", path.c_str(), 1);
}

TEST_CASE("tmux is taken as set, else from PATH") {
  const private_home home;
  config::settings chosen;
  const auto around = with_path((home.folder() / "bin").string(), home.folder());
  CHECK(code_of([&] { config::find_tmux(chosen, around); }) == "tmux_missing");
  make_program_file(home.folder() / "bin" / "tmux", "");
  CHECK(config::find_tmux(chosen, around) == home.folder() / "bin" / "tmux");
  chosen.terminals.tmux = "/nonexistent/tmux";
  CHECK(code_of([&] { config::find_tmux(chosen, around); }) == "tmux_missing");
}

TEST_CASE("doctor tells what is too old, broken or open to others, and how to mend it") {
  const private_home home;
  const auto where = config::find_paths();
  config::settings chosen;
  make_program_file(home.folder() / "bin" / "tmux", "echo tmux 2.9");
  make_program_file(home.folder() / "bin" / "upterm", "echo upterm version v0.24.0");
  make_program_file(home.folder() / "bin" / "uptermd", "echo nothing");
  chosen.terminals.tmux = (home.folder() / "bin" / "tmux").string();
  chosen.upterm.program = (home.folder() / "bin" / "upterm").string();
  chosen.upterm.uptermd_program = (home.folder() / "bin" / "uptermd").string();
  std::map<std::string, finding> found;
  for (const auto& each : examine_programs(chosen, where)) found[each.name] = each;
  CHECK(found["tmux"].state == finding_state::missing);
  CHECK_THAT(found["tmux"].found, ContainsSubstring("2.9 is too old, 3.2 is needed"));
  CHECK(found["upterm"].state == finding_state::good);
  CHECK(found["uptermd"].state == finding_state::missing);
  fs::permissions(home.folder() / "run", fs::perms::all);
  for (const auto& each : examine_files(where)) found[each.name] = each;
  CHECK(found["runtime folder"].state == finding_state::missing);
  CHECK_THAT(found["runtime folder"].hint, ContainsSubstring("chmod 700"));
  CHECK(found["policy"].state == finding_state::missing);
  CHECK_THAT(found["policy"].hint, ContainsSubstring("policy init"));
  CHECK(found["settings"].state == finding_state::good);
  for (const auto& [name, each] : found)
    if (each.state == finding_state::missing) CHECK_FALSE(each.hint.empty());
}
