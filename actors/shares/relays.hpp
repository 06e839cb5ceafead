#pragma once

// Why: a backend needs a server that guests connect to. Ours run on loopback, one for each backend,
// only while shares need it and a while longer, with host keys that are made once and pinned; a
// relay of the user's own is a setting, and then nothing is started. Each is kept by an actor of
// its own, so that the end of one is nothing to the shares of the other.

#include "actors/core/environment.hpp"

#include <caf/all.hpp>

namespace termlease::actors {

/// Takes `acquire_relay` and `release_relay`; tells holders `relay_gone` when theirs died, and
/// `relay_guest` where it says who comes and goes.
caf::behavior relays(caf::event_based_actor* self, shared_environment env);

} // namespace termlease::actors
