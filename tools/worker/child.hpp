#pragma once

// Why: whatever the worker starts sees nothing of the runtime's environment, is known by a
// descriptor rather than by a number that the kernel may give to somebody else, and goes when the
// worker goes. It is asked with SIGTERM: a `tmux -C` that is killed while it greets its server
// takes the server, and every terminal in it, along (a null pointer in tmux 3.3a), and one whose
// pipe is merely closed may wait for ever to write what nobody reads. On SIGTERM it finishes its
// greeting and leaves.

#include "tools/worker/loop.hpp"

#include <csignal>
#include <functional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace termlease::worker {

struct child_spec {
  std::vector<std::string> argv; ///< argv[0] is the path of the program
  std::vector<std::string> env;  ///< all of it, "NAME=value"
  int output = -1;               ///< becomes stdout; -1 for /dev/null
  int errors = -1;               ///< becomes stderr; -1 for /dev/null
  int input = -1;                ///< becomes stdin; -1 for /dev/null
  int death_signal = SIGTERM;    ///< when this process dies; never SIGKILL for a client of tmux
};

/// Exit codes of a child that could not become its program (as a shell has them).
constexpr int exit_not_runnable = 126;
constexpr int exit_not_found = 127;

/// One child process, watched. Its stdin is /dev/null, it gets SIGKILL when this process dies, and
/// it has no other descriptor of ours.
class child {
public:
  /// `exited` is called once with the wait status, when the child is reaped.
  /// Throws `failed` (`process_failed`) when no process can be made.
  child(loop& events, const child_spec& spec, std::function<void(int status)> exited);
  /// A child that still runs gets SIGTERM, and is reaped when it exits, while the loop runs.
  ~child();
  child(const child&) = delete;
  child& operator=(const child&) = delete;

  pid_t pid() const { return pid_; }

  bool running() const { return running_; }

  void signal(int number);

private:
  void reap();

  loop& loop_;
  pid_t pid_ = -1;
  int pidfd_ = -1;
  bool running_ = false;
  std::function<void(int)> exited_;
};

/// A pipe whose two ends are CLOEXEC and whose read end is non-blocking. Throws `failed`.
struct pipe_ends {
  int read = -1;
  int write = -1;
};

pipe_ends make_pipe();

} // namespace termlease::worker
