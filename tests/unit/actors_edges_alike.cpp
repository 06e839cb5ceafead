#include "messages/edges.hpp"
#include "tests/support/both_edges.hpp"
#include "tests/support/catch.hpp"

#include <csignal>

using namespace termlease;
using namespace termlease::messages;
using tests::real_edges;
using tests::simulated_edges;

namespace {

template <class Edges> child_started start_worker(Edges& e, const std::string& program) {
  e.tell(e.processes, spawn_child{{program}, {}});
  const auto made = e.template next<child_started>();
  CHECK(made.child != 0);
  CHECK(made.pid > 0);
  CHECK_FALSE(made.problem);
  return made;
}

template <class Edges> child_started start_worker(Edges& e) {
  return start_worker(e, e.worker());
}

record numbered(int number, const std::string& share) {
  record made;
  made.id = "00000000-0000-7000-8000-00000000000" + std::to_string(number);
  made.event_type = "share.session.started";
  made.timestamp = {1'700'000'000'000 + number};
  made.share_id = share;
  made.metadata.text = R"({"n": )" + std::to_string(number) + "}";
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
  CHECK_FALSE(e.template ask<file_done>(e.files, remove_path{e.home() + "/a"}).problem);
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

TEMPLATE_TEST_CASE("either edge hands on a line as often as it was said", "[NFR-026-004]",
                   real_edges, simulated_edges) {
  TestType e;
  const auto made = start_worker(e, e.worker_that_repeats());
  e.tell(e.processes, write_child{made.child, encode_line(worker_lines::start{})});
  CHECK(e.next_news() == "ready");
  CHECK(e.next_news() == "ready");
  e.tell(e.processes, close_child_input{made.child});
  CHECK(e.next_news() == "exit 0");
}

TEMPLATE_TEST_CASE("either edge hands on what was said late before the end of who said it",
                   "[NFR-026-004]", real_edges, simulated_edges) {
  TestType e;
  const auto made = start_worker(e, e.worker_that_is_late());
  e.tell(e.processes, write_child{made.child, encode_line(worker_lines::start{})});
  e.tell(e.processes, write_child{made.child, encode_line(worker_lines::end{"enough"})});
  CHECK(e.next_news() == "ready");
  CHECK(e.next_news() == "ended");
  CHECK(e.next_news() == "exit 0");
}

TEMPLATE_TEST_CASE("either edge keeps to itself a line that its program's death cut off",
                   "[NFR-026-004]", real_edges, simulated_edges) {
  TestType e;
  const auto made = start_worker(e, e.worker_that_is_torn());
  e.tell(e.processes, write_child{made.child, encode_line(worker_lines::start{})});
  CHECK(e.next_news() == "exit 1");
}

TEMPLATE_TEST_CASE("either edge numbers records, and finds them again", "[FR-026-011]", real_edges,
                   simulated_edges) {
  TestType e;
  CHECK(e.template ask<recorded>(e.storage, commit{{numbered(1, "a"), numbered(2, "b")}}).last ==
        2);
  CHECK(e.template ask<recorded>(e.storage, commit{{numbered(3, "a")}}).last == 3);
  const auto read = [&](const read_records& which) {
    std::vector<std::uint64_t> found;
    for (const auto& each : e.template ask<journal_part>(e.archive, which).records)
      found.push_back(each.sequence);
    return found;
  };
  using numbers = std::vector<std::uint64_t>;
  CHECK(read({1, 10, {}, {}}) == numbers{1, 2, 3});
  CHECK(read({2, 1, {}, {}}) == numbers{2});
  CHECK(read({1, 10, "a", {}}) == numbers{1, 3});
  CHECK(read({1, 10, {}, {1'700'000'000'003}}) == numbers{3});
  const auto topic = numbered(1, "a").event_type;
  CHECK(read({1, 10, {}, {}, topic}) == numbers{1, 2, 3});
  CHECK(read({1, 10, {}, {}, topic.substr(0, topic.find('.')) + ".>"}) == numbers{1, 2, 3});
  CHECK(read({1, 10, {}, {}, topic + "s"}).empty());
}

TEMPLATE_TEST_CASE("either edge writes all of a batch or nothing", "[FR-026-011]", real_edges,
                   simulated_edges) {
  TestType e;
  auto wrong = numbered(2, "a");
  wrong.metadata.text = "no object";
  const auto refused =
      e.template ask<recorded>(e.storage, commit{{numbered(1, "a"), wrong, numbered(3, "a")}});
  CHECK(refused.problem.code == "bad_record");
  CHECK(e.template ask<recorded>(e.storage, commit{{numbered(1, "a")}}).last == 1);
}

TEMPLATE_TEST_CASE("either edge checks its chain up to a head that is known", "[FR-026-011]",
                   real_edges, simulated_edges) {
  TestType e;
  e.template ask<recorded>(e.storage, commit{{numbered(1, "a"), numbered(2, "a")}});
  auto head = e.template ask<check_chain>(e.storage, note_head{});
  CHECK(head.sequence == 2);
  e.template ask<recorded>(e.storage, commit{{numbered(3, "a")}});
  const auto sound = e.template ask<chain_report>(e.archive, head);
  CHECK(sound.valid);
  CHECK(sound.records == 3);
  CHECK(sound.head.size() == 64);
  head.hash.front() ^= 1;
  CHECK_FALSE(e.template ask<chain_report>(e.archive, head).valid);
}

TEMPLATE_TEST_CASE("either edge ends what nobody owns any more, and says when it has",
                   "[SC-026-004]", real_edges, simulated_edges) {
  TestType e;
  const auto awaited = [&] {
    return e.template ask<children_gone>(e.processes, await_children{"share"}).label;
  };
  SECTION("nothing runs") {
    CHECK(awaited() == "share");
  }
  SECTION("it minds its orders") {
    e.start_and_leave({{e.worker()}, {}, "share"});
    CHECK(awaited() == "share");
  }
  SECTION("it minds nothing") {
    e.start_and_leave({{e.stubborn_worker()}, {}, "share"});
    CHECK(awaited() == "share");
  }
}
