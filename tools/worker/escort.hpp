#pragma once

// Why: tmux (3.3a and others) crashes, with every terminal in it, when a `tmux -C` client vanishes,
// hangs up or is told to leave while it greets its server; once it has greeted, SIGKILL is the one
// end that was seen to be safe in thousands of tries. The worker may be killed at any moment, so a
// process of its own sees such a client through its greeting, keeps the other end of its socket
// open meanwhile, and kills it when nobody needs it any more. It is a fork of the worker that runs
// nothing but this file.

#include <chrono>
#include <sys/types.h>

namespace termlease::worker {

struct escort_orders {
  int leash =
      -1; ///< closed by the worker, or by its death: the program is to go; a byte: it has settled
  int hold = -1;                         ///< kept open until the program is gone; -1 for none
  std::chrono::milliseconds settling{0}; ///< after its start, at most, the program has settled
  void (*become)(const void* program, pid_t parent) = nullptr; ///< never returns
  const void* program = nullptr;
};

/// Runs in a fresh child process with all signals blocked: starts the program, sees it out, and
/// exits as it did.
[[noreturn]] void escort(const escort_orders& orders);

} // namespace termlease::worker
