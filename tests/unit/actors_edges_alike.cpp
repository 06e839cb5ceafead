#include "messages/edges.hpp"
#include "tests/support/both_edges.hpp"
#include "tests/support/catch.hpp"

#include <csignal>

using namespace termlease;
using namespace termlease::messages;
using tests::real_edges;
using tests::simulated_edges;

namespace {

template <class Edges> child_started start_worker(Edges& e) {
  e.tell(e.processes, spawn_child{{e.worker()}, {}});
  const auto made = e.template next<child_started>();
  CHECK(made.child != 0);
  CHECK(made.pid > 0);
  CHECK_FALSE(made.problem);
  return made;
}

template <class Edges> std::string next_type(Edges& e) {
  return decode_line(e.template next<child_line>().text.text).first;
}

} // namespace

TEMPLATE_TEST_CASE("either edge rings alarms in the order of their times, each as it was last set",
                   "[FR-026-004]", real_edges, simulated_edges) {
  TestType e;
  const auto at = e.now() + seconds(1);
  e.tell(e.alarms, set_alarm{"later", at + span{50}});
  e.tell(e.alarms, set_alarm{"moved", at});
  e.tell(e.alarms, set_alarm{"cancelled", at});
  e.tell(e.alarms, set_alarm{"sooner", at});
  e.tell(e.alarms, set_alarm{"moved", at + span{20}});
  e.tell(e.alarms, cancel_alarm{"cancelled"});
  e.tell(e.alarms, cancel_alarm{"never set"});
  std::vector<std::string> names;
  std::vector<instant> times;
  for (int i = 0; i < 3; ++i) {
    const auto rang = e.template next<alarm_rang>();
    names.push_back(rang.name);
    times.push_back(rang.at);
    CHECK(e.now() >= rang.at);
  }
  CHECK(names == std::vector<std::string>{"sooner", "moved", "later"});
  CHECK(times == std::vector<instant>{at, at + span{20}, at + span{50}});
}

TEMPLATE_TEST_CASE("either edge rings an alarm in the past at once", "[FR-026-004]", real_edges,
                   simulated_edges) {
  TestType e;
  e.tell(e.alarms, set_alarm{"past", e.now() - hours(1)});
  CHECK(e.template next<alarm_rang>().name == "past");
}

TEMPLATE_TEST_CASE("either edge keeps files in folders, and removes a folder with all in it", "",
                   real_edges, simulated_edges) {
  TestType e;
  const auto folder = e.home() + "/a/b";
  const auto file = folder + "/f";
  const auto write = [&] {
    return e.template ask<file_done>(e.files, write_file{file, "text"}).problem.code;
  };
  const auto read = [&] { return e.template ask<file_done>(e.files, read_file{file}).text; };
  CHECK(write() == "file_failed");
  CHECK(read().empty());
  CHECK_FALSE(e.template ask<file_done>(e.files, make_folder{folder}).problem);
  CHECK_FALSE(e.template ask<file_done>(e.files, make_folder{folder}).problem);
  CHECK(write().empty());
  CHECK(read() == "text");
  CHECK_FALSE(e.template ask<file_done>(e.files, remove_folder{e.home() + "/a"}).problem);
  CHECK(read().empty());
  CHECK(write() == "file_failed");
}

TEMPLATE_TEST_CASE("either edge passes on what a program hears and says, and its end last", "",
                   real_edges, simulated_edges) {
  TestType e;
  const auto made = start_worker(e);
  e.tell(e.processes, write_child{made.child, encode_line(worker_lines::start{})});
  CHECK(next_type(e) == "ready");
  e.tell(e.processes, write_child{made.child, encode_line(worker_lines::end{"enough"})});
  CHECK(next_type(e) == "ended");
  const auto gone = e.template next<child_exited>();
  CHECK(gone.child == made.child);
  CHECK(gone.status == 0);
  // Nobody is there any more, and nobody says so twice.
  e.tell(e.processes, write_child{made.child, "late\n"});
  e.tell(e.processes, signal_child{made.child, SIGKILL});
  const auto other = start_worker(e);
  CHECK(other.child != made.child);
  e.tell(e.processes, close_child_input{other.child});
  CHECK(e.template next<child_exited>().child == other.child);
}

TEMPLATE_TEST_CASE("either edge tells how a program ended that was killed or left alone", "",
                   real_edges, simulated_edges) {
  TestType e;
  const auto made = start_worker(e);
  int status = 0;
  SECTION("killed") {
    e.tell(e.processes, signal_child{made.child, SIGKILL});
    status = 128 + SIGKILL;
  }
  SECTION("its stdin closed") {
    e.tell(e.processes, close_child_input{made.child});
  }
  CHECK(e.template next<child_exited>().status == status);
  e.tell(e.processes, watch_process{made.pid}); // gone already
  CHECK(e.template next<process_gone>().pid == made.pid);
}

TEMPLATE_TEST_CASE("either edge says why a program could not be started", "", real_edges,
                   simulated_edges) {
  TestType e;
  e.tell(e.processes, spawn_child{{e.missing_program()}, {}});
  const auto made = e.template next<child_started>();
  CHECK(made.child == 0);
  CHECK(made.problem.code == "program_missing");
}

TEMPLATE_TEST_CASE("either edge tells a folder that is not there from a program that is not", "",
                   real_edges, simulated_edges) {
  TestType e;
  const auto folder = e.missing_folder();
  e.tell(e.processes, spawn_child{{e.worker()}, folder});
  const auto made = e.template next<child_started>();
  CHECK(made.child == 0);
  CHECK(made.problem.code == "bad_folder");
  const auto run = e.template ask<program_result>(e.processes, run_program{{"/bin/true"}, folder});
  CHECK(run.problem.code == "bad_folder");
  CHECK_THAT(run.problem.message, ContainsSubstring(folder));
}

TEMPLATE_TEST_CASE("either edge runs a short program to its end", "", real_edges, simulated_edges) {
  TestType e;
  const auto result = e.template ask<program_result>(e.processes, run_program{{"/bin/true"}, {}});
  CHECK(result.status == 0);
  CHECK(result.output.empty());
  CHECK_FALSE(result.problem);
}
