#pragma once

// Why: a restarted actor has a new address. Whoever talks to a supervised actor talks to its
// facade, whose address stays; the facade hands each message on, with its sender, so that answers
// go straight back. While there is no actor behind it, messages wait. It has no turns of its own:
// what is sent to it is with whom it stands for at once, on the sender's thread.

#include <caf/all.hpp>

namespace termlease::actors {

/// Facade's only own message: the actor behind it from now on; a null handle makes messages wait.
struct stand_for {
  caf::actor target;
};

/// Ends by an exit message, or when nobody has its address any more. Messages of one sender arrive
/// in their order, also those that waited; whoever asks a facade that ended is told so.
caf::actor spawn_facade(caf::actor_system& in);

/// One that ends with `owner`, at the latest.
caf::actor spawn_facade(caf::local_actor& owner);

} // namespace termlease::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(termlease::actors::stand_for)
