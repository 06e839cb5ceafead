#pragma once

// Why: a share's worker is a process, and processes hang, die and say odd things. Its actor turns
// all of that into a few messages for the share: what the worker said, and, once, that it is gone.

#include "actors/core/environment.hpp"
#include "messages/leases.hpp"
#include "messages/worker_lines.hpp"

#include <caf/all.hpp>

namespace termlease::actors {

/// Starts a worker with `order`. Passes `worker_lines::status` and `worker_lines::end` on to it,
/// and sends what it says (`ready`, `problem`, `guest_joined`, `guest_left`) to `share`, and
/// `worker_gone` last. A worker that misses three heartbeats, or does not end in time, is killed;
/// its descendants die with it.
caf::behavior share_worker(caf::event_based_actor* self, shared_environment env, caf::actor share,
                           messages::worker_lines::start order);

} // namespace termlease::actors
