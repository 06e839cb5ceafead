#include "messages/failure.hpp"
#include "tests/support/catch.hpp"
#include "tools/worker/child.hpp"
#include "tools/worker/descendants.hpp"
#include "tools/worker/work_dir.hpp"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace termlease;
using namespace termlease::worker;

namespace {

struct scratch_dir {
  std::string path = "/tmp/termlease-unit-XXXXXX";

  scratch_dir() { REQUIRE(mkdtemp(path.data()) != nullptr); }

  ~scratch_dir() { remove_dir(path); }
};

bool exists(const std::string& path) {
  struct stat seen {};

  return lstat(path.c_str(), &seen) == 0;
}

} // namespace

TEST_CASE("a parent is read from a stat line whatever the process calls itself") {
  CHECK(parent_in_stat("12 (sleep) S 7 12 12") == 7);
  CHECK(parent_in_stat("12 (a) R 99 () S 7 12 12") == 7);
  CHECK(parent_in_stat("") == 0);
  CHECK(parent_in_stat("12 (sleep)") == 0);
  CHECK(parent_in_stat("12 (sleep) S x") == 0);
}

TEST_CASE("a process is the descendant of its ancestors and of nobody else") {
  CHECK(is_descendant(getpid(), getppid()));
  CHECK_FALSE(is_descendant(getppid(), getpid()));
  CHECK_FALSE(is_descendant(getpid(), getpid()));
  CHECK_FALSE(is_descendant(getpid(), 0));
}

TEST_CASE("a variable of another process is read whole or not at all") {
  loop events;
  child sleeper(events,
                {{"/bin/sleep", "infinity"}, {"TERMINAL=no", "TERM=xterm=1", "EMPTY="}, -1, -1},
                [](int) {});
  while (environment_of(sleeper.pid(), "TERMINAL") != "no")
    std::this_thread::yield(); // until it has become /bin/sleep
  CHECK(environment_of(sleeper.pid(), "TERM") == "xterm=1");
  CHECK(environment_of(sleeper.pid(), "EMPTY").empty());
  CHECK(environment_of(sleeper.pid(), "TER").empty());
  sleeper.signal(SIGKILL);
  CHECK(environment_of(0, "TERM").empty());
}

TEST_CASE("a child reads what it was given for its stdin") {
  loop events;
  const auto in = make_pipe();
  REQUIRE(write(in.write, "7", 1) == 1);
  close(in.write);
  int status = 0;
  child runs(events, {{"/bin/sh", "-c", "read code; exit $code"}, {}, -1, -1, in.read},
             [&](int how) {
               status = how;
               events.stop();
             });
  events.run();
  CHECK(WEXITSTATUS(status) == 7);
  close(in.read);
}

TEST_CASE("a child gets its own environment and none of our descriptors") {
  loop events;
  const int leak = open("/dev/null", O_RDONLY); // NOLINT: not CLOEXEC on purpose
  const auto out = make_pipe();
  child_spec spec{{"/bin/sh", "-c", "echo \"$ONLY,$HOME\"; ls /proc/self/fd | wc -l; exit 3"},
                  {"ONLY=this", "PATH=/bin:/usr/bin"},
                  out.write,
                  -1};
  int status = 0;
  child runs(events, spec, [&](int how) {
    status = how;
    events.stop();
  });
  events.run();
  char text[64] = {};
  REQUIRE(read(out.read, text, sizeof text - 1) > 0);
  CHECK(std::string(text) == "this,\n4\n"); // 0, 1, 2 and the listing's own
  CHECK(WEXITSTATUS(status) == 3);
  CHECK_FALSE(runs.running());
  for (const int fd : {leak, out.read, out.write}) close(fd);
}

TEST_CASE("a program that can't be run says so like a shell") {
  loop events;
  int status = 0;
  const auto finished = [&](int how) {
    status = how;
    events.stop();
  };
  child missing(events, {{"/nonexistent/program"}, {}, -1, -1}, finished);
  events.run();
  CHECK(WEXITSTATUS(status) == exit_not_found);
  child folder(events, {{"/tmp"}, {}, -1, -1}, finished);
  events.run();
  CHECK(WEXITSTATUS(status) == exit_not_runnable);
}

TEST_CASE("a child that is dropped is asked to end, and reaped when it does") {
  loop events;
  pid_t pid = 0;
  {
    child sleeper(events, {{"/bin/sleep", "infinity"}, {}, -1, -1}, [](int) {});
    pid = sleeper.pid();
    CHECK(is_descendant(pid, getpid()));
  }
  std::function<void()> look = [&] {
    if (kill(pid, 0) == 0)
      events.after(std::chrono::milliseconds(1), look);
    else
      events.stop();
  };
  look();
  events.run();
  CHECK(kill(pid, 0) == -1);
}

TEST_CASE("a share's folder must be ours alone, and loses only what the worker put there") {
  scratch_dir scratch;
  write_private_file(scratch.path + "/kept", "theirs");
  chmod(scratch.path.c_str(), 0750);
  CHECK_THROWS_AS(make_own_dir(scratch.path), messages::failed);
  chmod(scratch.path.c_str(), 0700);
  const auto own = make_own_dir(scratch.path);
  make_private_dir(own + "/deeper");
  write_private_file(own + "/deeper/secret", "x");
  REQUIRE(symlink(scratch.path.c_str(), (own + "/link").c_str()) == 0);
  CHECK(make_own_dir(scratch.path) == own); // what a killed worker left goes first
  CHECK_FALSE(exists(own + "/deeper"));
  remove_dir(own);
  CHECK_FALSE(exists(own));
  CHECK(exists(scratch.path + "/kept"));
}

TEST_CASE("files of a share are private and never overwrite") {
  scratch_dir scratch;
  const auto path = scratch.path + "/key";
  umask(0);
  write_private_file(path, "x");
  umask(077);

  struct stat seen {};

  REQUIRE(lstat(path.c_str(), &seen) == 0);
  CHECK((seen.st_mode & 0777) == 0600);
  CHECK_THROWS_AS(write_private_file(path, "y"), messages::failed);
}
