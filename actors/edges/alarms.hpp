#pragma once

// Why: a lease ends at its time although the machine slept or somebody set the clock. So each alarm
// is kept twice by the kernel: at a wall-clock time (CLOCK_REALTIME), and after the time that was
// left (CLOCK_BOOTTIME, which goes on during sleep). Whichever is first rings. Nothing wakes in
// between.

#include <boost/asio/io_context.hpp>
#include <caf/all.hpp>

namespace termlease::actors {

/// Takes `set_alarm` and `cancel_alarm` (messages/edges.hpp); rings with `alarm_rang`.
caf::behavior alarm_edge(caf::event_based_actor* self, boost::asio::io_context* io);

} // namespace termlease::actors
