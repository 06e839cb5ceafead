#pragma once

// Why: a terminal outlives its leases. Its actor waits for one thing, the end of the pane's first
// process, and knows nothing of shares.

#include "actors/core/environment.hpp"
#include "messages/terminals.hpp"

#include <caf/all.hpp>

namespace termlease::actors {

/// Tells `branch` with `terminal_ended` when its pane is gone, and ends.
caf::behavior terminal(caf::event_based_actor* self, shared_environment env, caf::actor branch,
                       messages::terminal_view view);

} // namespace termlease::actors
