#pragma once

// Why: following events ends when the user has seen enough, and that is no mistake: Ctrl-C leaves
// quietly with code 0, after the line that is being written.

#include "bus/client/client.hpp"
#include "messages/envelope.hpp"

#include <functional>

namespace termlease::cli {

/// Subscribes and calls `tell` for each event until an interruption comes. Throws `failed`
/// (`connection_lost`) when the runtime goes away first.
void follow(bus::client& from, const messages::subscribe& wish,
            const std::function<void(const messages::envelope&)>& tell);

/// The full id of a share that was written short; what isn't known stays as it is, since the record
/// reaches further back than the list of shares.
std::string full_share_id(bus::client& runtime, const std::string& id);

} // namespace termlease::cli
