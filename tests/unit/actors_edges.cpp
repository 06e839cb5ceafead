#include "actors/edges/alarms.hpp"
#include "actors/edges/files.hpp"
#include "actors/edges/processes.hpp"
#include "messages/edges.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/real_system.hpp"
#include "tests/support/temporary_folder.hpp"

#include <csignal>
#include <cstdlib>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace termlease;
using namespace termlease::messages;
using namespace termlease::actors;

namespace {

instant wall_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
}

/// The process edge, and what one child of it says until it ends.
struct process_bench {
  explicit process_bench(process_limits limits = {})
      : edge(real.spawn(process_edge, &real.io, limits)) {}

  child_id start(const std::string& script, const std::string& folder = {}) {
    real.self->send(edge, spawn_child{{"/bin/sh", "-c", script}, folder});
    const auto made = real.next<child_started>();
    CHECK_FALSE(made.problem);
    CHECK(made.pid > 0);
    pid = made.pid;
    return made.child;
  }

  std::string line() { return real.next<child_line>().text.text; }

  int status() { return real.next<child_exited>().status; }

  program_result run(const std::string& script, span deadline = seconds(30)) {
    return real.ask<program_result>(edge, run_program{{"/bin/sh", "-c", script}, {}, deadline});
  }

  tests::real_system real;
  caf::actor edge;
  pid_t pid = 0;
};

} // namespace

TEST_CASE("a program's lines come whole and in order, and its end last") {
  process_bench b;
  const auto child = b.start("printf 'one\\ntw'; read -r _; printf 'o\\nunfinished'; exit 7");
  CHECK(b.line() == "one");
  b.real.self->send(b.edge, write_child{child, "go on\n"});
  CHECK(b.line() == "two");
  CHECK(b.status() == 7);
}

TEST_CASE("what a program says on stderr is marked as such") {
  process_bench b;
  b.start("echo oops >&2");
  const auto line = b.real.next<child_line>();
  CHECK(line.is_error);
  CHECK(line.text.text == "oops");
}

TEST_CASE("a program hears what it is told, and that there is no more") {
  process_bench b;
  const auto child = b.start("while read -r line; do echo \"got $line\"; done; echo over");
  b.real.self->send(b.edge, write_child{child, "a\nb\n"});
  CHECK(b.line() == "got a");
  CHECK(b.line() == "got b");
  b.real.self->send(b.edge, close_child_input{child});
  CHECK(b.line() == "over");
  CHECK(b.status() == 0);
  b.real.self->send(b.edge, write_child{child, "nobody is there\n"});
}

TEST_CASE("a signal reaches a program, and ends as 128 and its number") {
  process_bench b;
  const auto child = b.start("echo ready; exec sleep 1000");
  CHECK(b.line() == "ready");
  b.real.self->send(b.edge, signal_child{child, SIGTERM});
  CHECK(b.status() == 128 + SIGTERM);
}

TEST_CASE("a program starts in its folder, in a session of its own, with no file but three") {
  process_bench b;
  const tests::temporary_folder folder;
  b.start("pwd; ps -o sid= -p $$ | tr -d ' '; ls /proc/$$/fd; echo over", folder.path());
  CHECK(b.line() == folder.path());
  CHECK(b.line() == std::to_string(b.pid));
  for (const auto* each : {"0", "1", "2", "over"}) CHECK(b.line() == each);
  CHECK(b.status() == 0);
}

TEST_CASE("a folder that is a file, or that its user may not enter, is named") {
  process_bench b;
  const tests::temporary_folder home;
  const auto refused = [&](const std::string& folder) {
    return b.real.ask<program_result>(b.edge, run_program{{"/bin/true"}, folder}).problem;
  };
  const auto file = refused(home.write("file", "").string());
  CHECK(file.code == "bad_folder");
  CHECK_THAT(file.message, ContainsSubstring("/file: Not a directory"));
  CHECK_FALSE(file.details.hint.empty());
  if (::geteuid() == 0) return; // who may enter everything
  const auto shut = home / "shut";
  ::mkdir(shut.c_str(), 0);
  CHECK_THAT(refused(shut).message, ContainsSubstring("Permission denied"));
}

TEST_CASE("nothing of the runtime's own surroundings is handed on") {
  ::setenv("TERMLEASE_HOME", "/secret", 1);
  ::setenv("TMUX", "/tmp/someones,1,0", 1);
  process_bench b;
  const auto seen = b.run("env");
  ::unsetenv("TERMLEASE_HOME");
  ::unsetenv("TMUX");
  CHECK(seen.output.find("TERMLEASE_") == std::string::npos);
  CHECK(seen.output.find("TMUX") == std::string::npos);
  CHECK(seen.output.find("PATH=") != std::string::npos);
}

TEST_CASE("a program that is missing or can't run says so") {
  process_bench b;
  b.real.self->send(b.edge, spawn_child{{"/no/such/program"}, {}});
  const auto made = b.real.next<child_started>();
  CHECK(made.child == 0);
  CHECK(made.problem.code == "program_missing");
  CHECK_THAT(made.problem.message, ContainsSubstring("/no/such/program"));
  const auto result = b.real.ask<program_result>(b.edge, run_program{{"/etc/passwd"}, {}});
  CHECK(result.problem.code == "program_missing");
  b.real.self->send(b.edge, spawn_child{{"/bin/true"}, "/no/such/folder"});
  CHECK(b.real.next<child_started>().problem);
}

TEST_CASE("a short program's output and status come back") {
  process_bench b;
  const auto result = b.run("echo out; echo err >&2; exit 3");
  CHECK(result.status == 3);
  CHECK(result.output == "out\n");
  CHECK(result.errors == "err\n");
  CHECK_FALSE(result.problem);
}

TEST_CASE("a short program that hangs is killed at its deadline") {
  process_bench b;
  const auto result = b.run("exec sleep 1000", {100});
  CHECK(result.problem.code == "program_hung");
  CHECK(result.problem.retryable);
}

TEST_CASE("a short program whose grandchild keeps its pipe ends nevertheless") {
  process_bench b;
  const auto result = b.run("echo said; sleep 1000 & echo $! >&2; exit 0");
  CHECK(result.output == "said\n");
  CHECK_FALSE(result.problem);
  ::kill(std::atoi(result.errors.c_str()), SIGKILL);
}

TEST_CASE("only so much of a short program's output is kept") {
  process_limits limits;
  limits.output = 1000;
  process_bench b(limits);
  CHECK(b.run("head -c 100000 /dev/zero | tr '\\0' x").output.size() == 1000);
}

TEST_CASE("a line without end ends its program") {
  process_limits limits;
  limits.line = 1000;
  process_bench b(limits);
  b.start("tr '\\0' x < /dev/zero");
  CHECK(b.status() == 128 + SIGKILL);
}

TEST_CASE("a program that reads nothing is ended when too much waits for it") {
  process_limits limits;
  limits.unwritten = 100'000;
  process_bench b(limits);
  const auto child = b.start("exec sleep 1000");
  for (int i = 0; i < 40; ++i)
    b.real.self->send(b.edge, write_child{child, std::string(10'000, 'x')});
  CHECK(b.status() == 128 + SIGKILL);
}

TEST_CASE("the end of any process is told once, also when it is gone already") {
  process_bench b;
  const pid_t other = ::fork();
  if (other == 0) {
    ::pause();
    ::_exit(0);
  }
  b.real.self->send(b.edge, watch_process{other});
  ::kill(other, SIGKILL);
  CHECK(b.real.next<process_gone>().pid == other);
  ::waitpid(other, nullptr, 0);
  b.real.self->send(b.edge, watch_process{other});
  CHECK(b.real.next<process_gone>().pid == other);
}

TEST_CASE("a program whose owner is gone is told to end", "[SC-026-004]") {
  process_bench b;
  const caf::actor listener = b.real.self;
  const auto edge = b.edge;
  const auto owner = b.real.spawn([=](caf::event_based_actor* self) -> caf::behavior {
    self->send(edge, spawn_child{{"/bin/sh", "-c", "exec cat"}, {}});
    return {[=](const child_started& made) { self->send(listener, made); }};
  });
  const auto made = b.real.next<child_started>();
  b.real.self->send(edge, watch_process{made.pid});
  caf::anon_send_exit(owner, caf::exit_reason::kill);
  CHECK(b.real.next<process_gone>().pid == made.pid);
}

TEST_CASE("an alarm rings at its time, with its name", "[FR-026-004]") {
  tests::real_system real;
  const auto edge = real.spawn(alarm_edge, &real.io);
  const auto at = wall_now() + seconds(1); // more than any of these messages needs
  real.self->send(edge, set_alarm{"later", at + span{50}});
  real.self->send(edge, set_alarm{"sooner", at});
  auto rang = real.next<alarm_rang>();
  CHECK(rang.name == "sooner");
  CHECK(rang.at == at);
  CHECK(wall_now() >= at);
  CHECK(real.next<alarm_rang>().name == "later");
}

TEST_CASE("an alarm in the past rings at once", "[FR-026-004]") {
  tests::real_system real;
  const auto edge = real.spawn(alarm_edge, &real.io);
  real.self->send(edge, set_alarm{"past", wall_now() - hours(1)});
  CHECK(real.next<alarm_rang>().name == "past");
}

TEST_CASE("an alarm that was replaced or cancelled does not ring") {
  tests::real_system real;
  const auto edge = real.spawn(alarm_edge, &real.io);
  const auto now = wall_now();
  real.self->send(edge, set_alarm{"cancelled", now + span{1000}});
  real.self->send(edge, set_alarm{"moved", now + span{1010}});
  real.self->send(edge, set_alarm{"moved", now + span{1100}});
  real.self->send(edge, cancel_alarm{"cancelled"});
  real.self->send(edge, cancel_alarm{"never set"});
  const auto rang = real.next<alarm_rang>();
  CHECK(rang.name == "moved");
  CHECK(rang.at == now + span{1100});
}

TEST_CASE("alarms of the same name by different owners are different alarms") {
  tests::real_system real;
  const auto edge = real.spawn(alarm_edge, &real.io);
  const caf::actor listener = real.self;
  const auto at = wall_now() + span{100};
  real.spawn([=](caf::event_based_actor* self) -> caf::behavior {
    self->send(edge, set_alarm{"same", at});
    return {[=](const alarm_rang& rang) { self->send(listener, rang); }};
  });
  real.self->send(edge, set_alarm{"same", at});
  CHECK(real.next<alarm_rang>().name == "same");
  CHECK(real.next<alarm_rang>().name == "same");
}

TEST_CASE("folders are made 0700 and files 0600, whole, and read back") {
  tests::real_system real;
  const tests::temporary_folder home;
  const auto edge = real.spawn(file_edge);
  const auto deep = (home / "a").string() + "/b/c";
  CHECK_FALSE(real.ask<file_done>(edge, make_folder{deep}).problem);
  CHECK_FALSE(real.ask<file_done>(edge, make_folder{deep}).problem);

  struct stat facts {};

  REQUIRE(::stat(deep.c_str(), &facts) == 0);
  CHECK((facts.st_mode & 07777) == 0700);
  CHECK_FALSE(real.ask<file_done>(edge, write_file{deep + "/f", "text"}).problem);
  REQUIRE(::stat((deep + "/f").c_str(), &facts) == 0);
  CHECK((facts.st_mode & 07777) == 0600);
  CHECK(real.ask<file_done>(edge, read_file{deep + "/f"}).text == "text");
  CHECK(real.ask<file_done>(edge, read_file{deep + "/none"}).text.empty());
  real.self->send(edge, remove_path{home / "a"});
  CHECK(real.ask<file_done>(edge, read_file{deep + "/f"}).text.empty());
  CHECK_FALSE(std::filesystem::exists(home / "a"));
}

TEST_CASE("what can't be written says why, and leaves nothing half written") {
  tests::real_system real;
  const tests::temporary_folder home;
  const auto edge = real.spawn(file_edge);
  home.write("file", "x");
  CHECK(real.ask<file_done>(edge, make_folder{home / "file/below"}).problem.code == "file_failed");
  CHECK(real.ask<file_done>(edge, write_file{home / "file/below", "x"}).problem.code ==
        "file_failed");
  // A folder in its place: the draft is written and then can't become the file.
  std::filesystem::create_directories(home / "folder/inside");
  CHECK(real.ask<file_done>(edge, write_file{home / "folder", "x"}).problem.code == "file_failed");
  CHECK_FALSE(std::filesystem::exists(home / "folder.new"));
}
