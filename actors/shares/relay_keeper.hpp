#pragma once

// Why: whichever relay it is, it starts with the first share that needs it, stays a while after the
// last, and its death ends the shares that it carried. That is here, once; what differs is in its
// kind (relay_kind.hpp).

#include "actors/core/environment.hpp"

#include <caf/all.hpp>

#include <string>

namespace termlease::actors {

/// Keeps the relay of one backend; ends with `branch`. Takes `acquire_relay` and `release_relay`.
caf::behavior relay_keeper(caf::event_based_actor* self, shared_environment env, caf::actor branch,
                           std::string backend);

} // namespace termlease::actors
