#pragma once

// Why: an actor finds the recorder by the system that it lives in, so that nobody has to hand it
// on, and two systems in one process, as in a simulation, don't meet.

#include "bus/trace/monotonic.hpp"
#include "bus/trace/recorder.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/local_actor.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace termlease::trace {

/// A system whose actors are recorded. Without a recorder they are counted only.
struct system_config : caf::actor_system_config {
  std::shared_ptr<trace::recorder> recorder;
};

/// Null when the system has none.
inline recorder* recorder_of(const caf::actor_system& system) {
  const auto* config = dynamic_cast<const system_config*>(&system.config());
  return config ? config->recorder.get() : nullptr;
}

/// The clock of the system's actors, in nanoseconds.
inline std::int64_t clock_ns(const recorder* in, caf::actor_system& of) {
  return in != nullptr && in->is_real_time() ? monotonic_ns()
                                             : of.clock().now().time_since_epoch().count();
}

/// The span of the turn that runs here, for whoever is outside; empty when none is recorded.
std::string here_as_span(const caf::local_actor& self);

/// The same as a `traceparent` of what it belongs to.
std::string here_as_parent(const caf::local_actor& self, std::string_view correlation);

} // namespace termlease::trace
