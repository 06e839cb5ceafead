#pragma once

// Why: a share that changes its backend has two workers for a moment. The next one is held by an
// actor of its own until its link is there, so that nothing it says is taken for the share's; then
// the share takes it over. Where it doesn't come up, this actor ends it, and the share never felt
// it.

#include "actors/core/environment.hpp"
#include "messages/leases.hpp"

#include <caf/all.hpp>

#include <string>

namespace termlease::actors {

/// What the next worker is to do.
struct succession {
  std::string share_id;
  std::string backend;
  std::string folder; ///< the worker's own; made, and removed when it doesn't come up
  messages::worker_lines::start order; ///< without the relay, which is not known yet
};

/// A worker's order, with the relay that it comes up through.
messages::worker_lines::start with_relay(messages::worker_lines::start order,
                                         const messages::relay_address& relay);

/// Sends `share` either `successor_ready` with the worker's actor, or `successor_gone`, the latter
/// also after the former where it is told `close_down` before `taken_over`. Ends with `share`.
caf::behavior successor(caf::event_based_actor* self, shared_environment env, caf::actor share,
                        succession wanted);

} // namespace termlease::actors
