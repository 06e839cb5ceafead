#pragma once

// Why: what ends a lease is a clock that does nothing else. It has two alarms, both at wall-clock
// times, and needs nobody's help to ring; when it crashed, the share gives a new one the same
// times.

#include "actors/core/environment.hpp"
#include "messages/leases.hpp"

#include <caf/all.hpp>

namespace termlease::actors {

/// Sends `lease_warns` and `lease_expires` to `lease` at their times; takes `lease_times`. Ends
/// with `lease`.
caf::behavior ttl_clock(caf::event_based_actor* self, shared_environment env, caf::actor lease,
                        messages::lease_times times);

} // namespace termlease::actors
