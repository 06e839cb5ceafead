#pragma once

// Why: the order of an end is what keeps guests from staying connected. Stopping upterm first
// leaves a frozen guest in one of six tries; guest programs first, then their connections, then the
// backend, then whatever is left never did. What is left
// may be a client of the operator's tmux, which is killed only when nothing else helps. The order
// is a pure function here; the worker only acts on it.

#include <chrono>
#include <cstddef>

namespace termlease::worker {

/// Each step ends when what it waits for has happened, or at its limit.
enum class end_step {
  guests_leaving,      ///< each guest program was told why, and leaves
  connections_closing, ///< the backend lets the guests' connections go
  guests_killed,       ///< programs that are still there got SIGKILL
  backend_stopping,    ///< SIGTERM
  backend_killed,      ///< SIGKILL
  children_leaving,    ///< what is left gets SIGTERM
  sweeping,            ///< SIGKILL for every descendant until none is left
  over,
};

/// What the worker sees of the world.
struct end_view {
  std::size_t guests = 0;      ///< guest programs that are still there
  std::size_t connections = 0; ///< guests' connections that the backend still has
  bool backend_running = false;
  bool descendants = false; ///< known once the backend is gone
};

/// The time that an end has, and what is left of it.
struct end_time {
  std::chrono::milliseconds whole{0};
  std::chrono::milliseconds left{0};
};

/// How long a step may take; all of them together, and the last words after them, take no longer
/// than the whole.
std::chrono::milliseconds limit_of(end_step step, const end_time& time);

/// The step to be in, given the current one; the same one where there is nothing to do but wait.
end_step next_step(end_step current, const end_view& seen, bool limit_reached);

} // namespace termlease::worker
