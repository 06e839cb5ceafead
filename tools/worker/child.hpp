#pragma once

// Why: whatever the worker starts sees nothing of the runtime's environment, is known by a
// descriptor rather than by a number that the kernel may give to somebody else, and goes when the
// worker goes.

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
  int death_signal = SIGTERM;    ///< when this process dies
};

/// Exit codes of a child that could not become its program (as a shell has them).
constexpr int exit_not_runnable = 126;
constexpr int exit_not_found = 127;

/// One child process, watched. It has no descriptor of ours but those of the spec.
class child {
public:
  /// `exited` is called once with the wait status, when the child is reaped.
  /// Throws `failed` (`process_failed`) when no process can be made.
  child(loop& events, const child_spec& spec, std::function<void(int status)> exited);
  /// A child that still runs gets SIGTERM; it is reaped when it exits, while the loop runs.
  ~child();
  child(const child&) = delete;
  child& operator=(const child&) = delete;

  pid_t pid() const { return pid_; }

  bool running() const { return running_; }

  /// Nothing happens to one that has exited.
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
