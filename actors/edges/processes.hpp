#pragma once

// Why: processes are the kernel's, and it tells about them through file descriptors: pipes for what
// they say, a pidfd for their end. One Asio thread waits for all of them; actors see messages. A
// child gets SIGKILL when this thread, and so the runtime, dies.

#include "messages/time.hpp"

#include <boost/asio/io_context.hpp>
#include <caf/all.hpp>

#include <cstddef>

namespace termlease::actors {

struct process_limits {
  std::size_t line = 1 << 20;      ///< bytes; a longer line ends the child
  std::size_t output = 1 << 20;    ///< bytes that are kept of a short program's output
  std::size_t unwritten = 1 << 20; ///< bytes that wait for a child's stdin; more ends it
  messages::span grace = messages::seconds(4); ///< for a program that nobody owns any more
};

/// A program whose owner is gone has its stdin closed and gets SIGTERM, and after `grace` SIGKILL.
/// Takes `spawn_child`, `await_children`, `write_child`, `close_child_input`, `signal_child`,
/// `run_program`, `find_process` and `watch_process` (messages/edges.hpp). `io` runs on one thread,
/// which must outlive the actor.
caf::behavior process_edge(caf::event_based_actor* self, boost::asio::io_context* io,
                           process_limits limits);

} // namespace termlease::actors
