#pragma once

// Why: what is said of a worker's end must be true. Where the actor that spoke to a worker has
// crashed, only the process edge knows when its program is gone; it is asked by what it was
// labelled with.

#include "actors/core/environment.hpp"
#include "messages/edges.hpp"

#include <caf/all.hpp>

#include <string>
#include <utility>

namespace termlease::actors {

/// What the programs of one of a share's workers are labelled with begins like this.
inline std::string worker_label(const std::string& share_id, const std::string& folder) {
  return share_id + " " + folder + "/";
}

/// Calls `then` once no program is left whose label begins with that, or the edge can't say.
template <class Then>
void when_reaped(caf::event_based_actor* self, const shared_environment& env, std::string label,
                 Then then) {
  self->request(env->processes, caf::infinite, messages::await_children{std::move(label)})
      .then([=](const messages::children_gone&) { then(); }, [=](const caf::error&) { then(); });
}

} // namespace termlease::actors
