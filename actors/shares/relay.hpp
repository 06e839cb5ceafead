#pragma once

// Why: a backend needs a server that guests connect to. Ours runs on loopback, only while shares
// need it and a while longer, with a host key that is made once and pinned; a relay of the user's
// own is a setting, and then nothing is started.

#include "actors/core/environment.hpp"

#include <caf/all.hpp>

namespace termlease::actors {

/// Takes `acquire_relay` and `release_relay`; tells holders `relay_gone` when ours died.
caf::behavior upterm_relay(caf::event_based_actor* self, shared_environment env);

} // namespace termlease::actors
