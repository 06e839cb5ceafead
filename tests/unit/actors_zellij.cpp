#include "actors/edges/process_search.hpp"
#include "actors/terminals/zellij/commands.hpp"
#include "messages/runtime.hpp"
#include "tests/support/catch.hpp"
#include "tools/scenario/simulation/world.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace termlease;
using namespace termlease::messages;
using namespace termlease::actors;
using scenario::the_operator;
using scenario::world;

namespace {

const zellij::place at{"/bin/zellij", "/run/z"};

std::string code_of(const program_result& result, const std::string& pane = {}) {
  try {
    return zellij::read_pane(result, pane);
  } catch (const failed& why) {
    return why.why().code;
  }
}

program_result said(const std::string& output) {
  return {0, output, {}, {}};
}

spawn_terminal in_zellij(const std::string& name) {
  spawn_terminal wanted;
  wanted.name = name;
  wanted.host = "zellij";
  return wanted;
}

} // namespace

TEST_CASE("zellij is told the session, and where its socket is, with every command") {
  spawn_terminal wanted;
  wanted.name = "demo";
  wanted.command = {"top", "-d", "1"};
  wanted.working_directory = "/home";
  const auto made = zellij::new_session(at, "/c.kdl", wanted);
  CHECK(made.argv == std::vector<std::string>{"/bin/zellij", "--config", "/c.kdl", "attach",
                                              "--create-background", "demo", "--close-on-exit",
                                              "--", "top", "-d", "1"});
  CHECK(made.working_directory == "/home");
  for (const auto& each : {made, zellij::list_panes(at, "demo"), zellij::kill_session(at, "demo"),
                           zellij::list_sessions(at)})
    CHECK(each.variables.at(0) == "ZELLIJ_SOCKET_DIR=/run/z");
  const auto search = zellij::pane_process("/run/z", "demo", "terminal_12");
  CHECK(search.variables ==
        std::vector<std::string>{"ZELLIJ_SESSION_NAME=demo", "ZELLIJ_PANE_ID=12"});
  CHECK(search.parent_begins == "/run/z/");
  CHECK(search.parent_ends == "/demo");
}

TEST_CASE("of zellij's panes the one with the focus is taken, and never a plugin's") {
  CHECK(code_of(said(R"([{"id":1,"is_plugin":true,"is_focused":true},{"id":3,"is_plugin":false},)"
                     R"({"id":2,"is_plugin":false}])")) == "terminal_2");
  CHECK(code_of(
            said(R"([{"id":0,"is_plugin":false},{"id":3,"is_plugin":false,"is_focused":true}])")) ==
        "terminal_3");
  CHECK(code_of(said(R"([{"id":1,"is_plugin":true}])")).empty());
  CHECK(code_of(said(R"([{"id":1,"is_plugin":true}])"), "terminal_1") == "no_such_session");
  CHECK(code_of(said(R"([{"id":1,"is_plugin":false,"exited":true}])"), "terminal_1") ==
        "no_such_session");
  CHECK(code_of(said("")).empty());
  for (const auto* odd : {"{}", "7"}) CHECK(code_of(said(odd)) == "zellij_failed");
  for (const auto* again : {"", "\n", "[{\"id\":", "nothing"}) CHECK(code_of(said(again)).empty());
  CHECK(code_of(said(R"([7,{"id":"x","is_plugin":false},{"id":-1,"is_plugin":false}])")).empty());
  CHECK(code_of({1, {}, "Session 'x' not found.", {}}) == "no_such_session");
  CHECK(code_of({1, {}, "There is no active session!", {}}) == "no_such_session");
  CHECK(code_of({2, {}, "something else", {}}) == "zellij_failed");
}

TEST_CASE("names of zellij's sessions are parts of a path") {
  for (const auto* good : {"demo", "with spaces", "日本"}) CHECK(zellij::is_session_name(good));
  for (const auto* bad : {"", "-x", ".", "..", "a/b", "a\n"})
    CHECK_FALSE(zellij::is_session_name(bad));
  CHECK(zellij::has_session(said("one\ndemo\n"), "demo"));
  CHECK_FALSE(zellij::has_session(said("one\ndemos\n"), "demo"));
}

TEST_CASE("an old zellij is refused, and one that tells no version") {
  CHECK_FALSE(zellij::version_problem(said("zellij 0.45.1\n"), "z"));
  CHECK_FALSE(zellij::version_problem(said("zellij 1.0.0\n"), "z"));
  CHECK(zellij::version_problem(said("zellij 0.44.9\n"), "z").code == "host_too_old");
  CHECK(zellij::version_problem(said("?"), "z").code == "host_too_old");
}

TEST_CASE("a zellij terminal is opened in a session of ours, on the record", "[FR-026-011]") {
  world w;
  const auto made = w.ask(the_operator, in_zellij("demo")).as<terminal_view>();
  CHECK(made.host == "zellij");
  CHECK(made.pane == "terminal_0");
  CHECK(made.session == "demo");
  CHECK(made.socket_dir == w.environment().paths.zellij_sockets());
  CHECK(made.pane_pid > 0);
  CHECK(made.tmux_socket.empty());
  CHECK(w.records_of("terminal.spawned").size() == 1);
  w.processes().end_pane("demo");
  w.settle();
  CHECK(w.records_of("terminal.closed").size() == 1);
}

TEST_CASE("a session that is there already is not made again") {
  world w;
  w.processes().add_pane("demo", w.environment().paths.zellij_sockets());
  const auto answered = w.ask(the_operator, in_zellij("demo"));
  CHECK(answered.code() == "zellij_failed");
  CHECK(w.records_of("terminal.spawned").empty());
}

TEST_CASE("the first process of a pane is a child of its server, by what it was given") {
  // Two of a kind: the older one is meant, and not what it started in turn.
  const auto parent = ::fork();
  if (parent == 0) {
    ::execl("/bin/sh", "/bin/sh", "-c",
            "LOOK_FOR=me sleep 60 & LOOK_FOR=other sleep 60 & sleep 60; kill $(jobs -p)",
            "/sockets/1/demo", nullptr);
    ::_exit(127);
  }
  const find_process wanted{{"LOOK_FOR=me"}, "/sockets/", "/demo"};
  process_found found;
  for (int tries = 0; tries < 2000 && found.pid == 0; ++tries) {
    found = search_process(wanted);
    if (found.pid == 0) ::poll(nullptr, 0, 5);
  }
  CHECK(found.pid > 0);
  CHECK_FALSE(found.problem);
  CHECK(search_process({{"LOOK_FOR=nobody"}, "/sockets/", "/demo"}).pid == 0);
  CHECK(search_process({{"LOOK_FOR=me"}, "/sockets/", "/another"}).pid == 0);
  ::kill(found.pid, SIGKILL);
  const auto other = search_process({{"LOOK_FOR=other"}, "/sockets/", "/demo"}).pid;
  if (other > 0) ::kill(other, SIGKILL);
  ::kill(parent, SIGKILL);
  ::waitpid(parent, nullptr, 0);
}
