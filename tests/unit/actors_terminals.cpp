#include "actors/terminals/host.hpp"
#include "actors/terminals/tmux/commands.hpp"
#include "messages/runtime.hpp"
#include "tests/support/catch.hpp"
#include "tools/scenario/simulation/world.hpp"

#include <algorithm>

using namespace termlease;
using namespace termlease::messages;
using namespace termlease::actors;
using scenario::the_operator;
using scenario::world;

namespace {

std::string code_of(const program_result& result) {
  try {
    tmux::read_pane(result);
  } catch (const failed& why) {
    return why.why().code;
  }
  return "none";
}

spawn_terminal named(const std::string& name) {
  spawn_terminal wanted;
  wanted.name = name;
  return wanted;
}

adopt_terminal of_session(const std::string& name, const std::string& session) {
  adopt_terminal wanted;
  wanted.name = name;
  wanted.tmux_socket = "/somewhere/tmux";
  wanted.tmux_session = session;
  return wanted;
}

std::vector<terminal_view> listed(world& w, bool all = false) {
  return w.ask(the_operator, list_terminals{all}).as<terminal_list>().terminals;
}

bool contains(const std::vector<std::string>& words, std::vector<std::string> part) {
  return std::search(words.begin(), words.end(), part.begin(), part.end()) != words.end();
}

} // namespace

TEST_CASE("what tmux says of a pane is read whole or not at all") {
  const auto facts = tmux::read_pane({0, "$3\t%7\t4242\ta name with spaces\n", {}, {}});
  CHECK(facts.session_id == "$3");
  CHECK(facts.pane == "%7");
  CHECK(facts.pane_pid == 4242);
  CHECK(facts.session == "a name with spaces");
  for (const auto* said : {"", "\n", "\t\t\t\n", "$3\t%7\t0\tx", "$3\t%7\tpid\tx", "3\t%7\t1\tx",
                           "$3\t7\t1\tx", "$3\t%7\t1", "$3\t%7"})
    CHECK(code_of({0, said, {}, {}}) == "no_such_session");
  CHECK(code_of({1, {}, "can't find session: x\n", {}}) == "no_such_session");
  CHECK(code_of({1, {}, "no server running on /x\n", {}}) == "no_such_session");
  CHECK(code_of({1, {}, "error connecting to /x (No such file or directory)\n", {}}) ==
        "no_such_session");
  CHECK(code_of({1, {}, "duplicate session: x\n", {}}) == "tmux_failed");
  CHECK(code_of({127, {}, {}, {"program_hung", "tmux did not end in time", {}, true}}) ==
        "program_hung");
}

TEST_CASE("tmux is asked on its own socket, for exactly one target") {
  const tmux::server at{"/bin/tmux", "/run/t.sock", {}};
  auto wanted = named("demo");
  wanted.command = {"top", "-d", "1"};
  wanted.columns = 90;
  wanted.rows = 20;
  const auto made = tmux::new_session(at, wanted).argv;
  CHECK(contains(made, {"/bin/tmux", "-S", "/run/t.sock", "-f", "/dev/null"}));
  CHECK(contains(made, {"-x", "90", "-y", "20"}));
  CHECK(contains(made, {"--", "top", "-d", "1"}));
  CHECK(contains(tmux::find_pane(at, "demo").argv, {"-t", "=demo:"}));
  CHECK(contains(tmux::find_pane(at, "%5").argv, {"-t", "%5"}));
  CHECK(contains(tmux::find_pane(at, "$2").argv, {"-t", "$2"}));
  CHECK(contains(tmux::kill_session(at, "$2").argv, {"kill-session", "-t", "$2"}));
}

TEST_CASE("a session is gone when tmux killed it or knows none, and only then") {
  CHECK_FALSE(tmux::kill_problem({0, {}, {}, {}}));
  CHECK_FALSE(tmux::kill_problem({1, {}, "can't find session: $1", {}}));
  CHECK_FALSE(tmux::kill_problem({1, {}, "no server running on /x", {}}));
  CHECK(tmux::kill_problem({1, {}, "protocol version mismatch", {}}).code == "tmux_failed");
  CHECK(tmux::kill_problem({127, {}, {}, {"program_hung", "x", {}, true}}).code == "program_hung");
}

TEST_CASE("names are for tmux and for people") {
  for (const auto* good : {"a", "demo", "a-b_c", "9", "A"}) CHECK(is_terminal_name(good));
  for (const auto* bad : {"", "-a", "a b", "a:b", "a.b", "=a", "$1", "a\n", "ä"})
    CHECK_FALSE(is_terminal_name(bad));
  CHECK(is_terminal_name(std::string(64, 'a')));
  CHECK_FALSE(is_terminal_name(std::string(65, 'a')));
}

TEST_CASE("a terminal is opened in our own tmux, on the record", "[FR-026-011]") {
  world w;
  auto wanted = named("demo");
  wanted.lane = "blue";
  const auto made = w.ask(the_operator, wanted).as<terminal_view>();
  CHECK(made.state == terminal_state::open);
  CHECK(made.lane == "blue");
  CHECK_FALSE(made.adopted);
  CHECK(made.tmux_socket == w.environment().paths.tmux_socket());
  CHECK(contains(w.processes().runs.at(0).argv, {"-x", "80", "-y", "24"}));
  const auto spawned = w.records_of("terminal.spawned").at(0);
  CHECK(spawned.terminal_id == made.terminal_id);
  CHECK(spawned.lane_id == "blue");
  CHECK_FALSE(spawned.correlation_id.empty());
  CHECK(listed(w).size() == 1);
}

TEST_CASE("a terminal that can't be recorded is not left behind", "[FR-026-011]") {
  world w;
  w.disk().problem = {"journal_full", "no space is left", "make some", true};
  CHECK(w.ask(the_operator, named("demo")).code() == "journal_full");
  CHECK(w.processes().panes.empty());
  CHECK(listed(w).empty());
  w.disk().problem = {};
  CHECK(w.ask(the_operator, named("demo")).code().empty());
}

TEST_CASE("an existing session is adopted, and given back untouched") {
  world w;
  const auto pane = w.processes().add_pane("work");
  const auto adopted = w.ask(the_operator, of_session("mine", "work")).as<terminal_view>();
  CHECK(adopted.adopted);
  CHECK(adopted.pane == pane.pane);
  CHECK(adopted.pane_pid == pane.pid);
  CHECK(w.count<terminal_adopted>() == 1);
  CHECK(w.ask(the_operator, close_terminal{"mine"}).as<terminal_view>().state ==
        terminal_state::closed);
  CHECK(w.processes().panes.size() == 1);
  CHECK(w.last<terminal_closed>().reason == "it was given back");
  CHECK(w.ask(the_operator, of_session("mine", "play")).code() == "no_such_session");
  CHECK(w.ask(the_operator, of_session("mine", "work")).code().empty());
}

TEST_CASE("names are refused when bad or taken, also by one that is just coming") {
  auto machine = std::make_shared<scenario::machine>();
  machine->settings.terminals.limit = 2;
  world w(machine);
  CHECK(w.ask(the_operator, named("-x")).code() == "bad_name");
  w.disk().hold();
  const auto first = w.ask(the_operator, named("demo"));
  CHECK(w.ask(the_operator, named("demo")).code() == "name_taken");
  w.disk().release();
  w.settle();
  CHECK(first.code().empty());
  CHECK(w.ask(the_operator, named("demo")).code() == "name_taken");
  CHECK(w.ask(the_operator, named("second")).code().empty());
  CHECK(w.ask(the_operator, named("third")).code() == "limit_reached");
}

TEST_CASE("without a tmux every request is answered, and no name is lost to it") {
  auto machine = std::make_shared<scenario::machine>();
  world w(machine);
  w.open_terminal("open");
  machine->installed.erase("tmux");
  CHECK(w.ask(the_operator, named("demo")).code() == "tmux_missing");
  CHECK(w.ask(the_operator, of_session("other", "x")).code() == "tmux_missing");
  CHECK(w.ask(the_operator, close_terminal{"open"}).code() == "tmux_missing");
  CHECK(w.ask_for_share(the_operator, scenario::share_request("open")).code() == "tmux_missing");
  machine->installed.insert("tmux");
  CHECK(w.ask(the_operator, named("demo")).code().empty());
}

TEST_CASE("a terminal that can't start in its folder is refused, and nothing is left of it") {
  world w;
  w.processes().closed_folders.insert("/closed");
  auto wanted = named("demo");
  for (const auto* folder : {"/closed", "relative", "~/x"}) {
    wanted.working_directory = folder;
    const auto refused = w.ask(the_operator, wanted);
    CHECK(refused.code() == "bad_folder");
    CHECK_THAT(refused.response().error.message, ContainsSubstring(folder));
  }
  CHECK(w.processes().panes.empty());
  CHECK(w.records_of("terminal.spawned").empty());
  CHECK(w.ask(the_operator, named("demo")).code().empty());
}

TEST_CASE("a tmux that hangs is an error with its name") {
  world w;
  w.processes().tmux_problem = {"program_hung", "tmux did not end in time", "try again", true};
  CHECK(w.ask(the_operator, named("demo")).code() == "program_hung");
  w.processes().tmux_problem = {};
  w.open_terminal();
  w.processes().tmux_problem = {"program_hung", "tmux did not end in time", "try again", true};
  CHECK(w.ask(the_operator, close_terminal{"demo"}).code() == "program_hung");
  w.processes().tmux_problem = {};
  CHECK(w.ask(the_operator, close_terminal{"demo"}).code().empty());
}

TEST_CASE("closing a terminal closes it, even where its program ignores that", "[SC-026-004]") {
  world w;
  w.processes().tmux_hangs_up = GENERATE(true, false);
  w.open_terminal();
  const auto closed = w.ask(the_operator, close_terminal{"demo"});
  CHECK(closed.as<terminal_view>().state == terminal_state::closed);
  CHECK(listed(w).empty());
  CHECK(listed(w, true).size() == 1);
  CHECK(w.count<terminal_closed>() == 1);
  CHECK(w.ask(the_operator, close_terminal{"demo"}).code() == "no_such_terminal");
}

TEST_CASE("a terminal whose program ends is closed, on the record", "[FR-026-011]") {
  world w;
  const auto view = w.open_terminal();
  w.processes().end_pane("demo");
  w.settle();
  CHECK(listed(w).empty());
  const auto closed = w.records_of("terminal.closed").at(0);
  CHECK(closed.terminal_id == view.terminal_id);
  CHECK(closed.correlation_id == view.correlation_id);
  CHECK(w.ask(the_operator, named("demo")).code().empty());
}

TEST_CASE("a tmux that is killed while it looks has said nothing of the terminal") {
  world w;
  const auto seen = [&](const program_result& said) {
    host_edges edges;
    edges.run = [&](const run_program&, const host_edges::then<program_result>& then) {
      then(said);
    };
    const auto host =
        make_host(known_hosts(), "tmux", std::make_shared<environment>(w.environment()), edges);
    terminal_view view;
    view.pane = "%1";
    view.pane_pid = 42;
    auto told = presence::unknown;
    host->look(view, [&](presence now) { told = now; });
    return told;
  };
  CHECK(seen({0, "$1\t%1\t42\tdemo\n", {}, {}}) == presence::there);
  CHECK(seen({0, "$1\t%1\t43\tdemo\n", {}, {}}) == presence::gone);
  CHECK(seen({1, {}, "can't find pane: %1\n", {}}) == presence::gone);
  CHECK(seen({1, {}, "no server running on /x\n", {}}) == presence::gone);
  CHECK(seen({137, {}, {}, {}}) == presence::unknown);
}
