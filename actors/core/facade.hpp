#pragma once

// Why: a restarted actor has a new address. Whoever talks to a supervised actor talks to its
// facade, whose address stays; the facade hands each message on, with its sender, so that answers
// go straight back. While there is no actor behind it, messages wait.

#include "actors/core/traced_actor.hpp"

#include <caf/all.hpp>

namespace termlease::actors {

/// Facade's only own message: the actor behind it from now on; a null handle makes messages wait.
struct stand_for {
  caf::actor target;
};

caf::behavior facade(caf::event_based_actor* self);

template <caf::spawn_options How = caf::no_spawn_options, class Spawner>
caf::actor spawn_facade(Spawner& parent) {
  return parent.template spawn<traced_actor, How>(facade, traced_actor::part::passing);
}

} // namespace termlease::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(termlease::actors::stand_for)
