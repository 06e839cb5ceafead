#pragma once

// Why: what led to a crash is looked for after it, when the ring has gone on. So the last turns
// before each crash are kept in a file of their own, whose path is in the receipt; and only so many
// of these files, since a part that crashes all the time must not fill the disk.

#include "bus/trace/recorder.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace termlease::actors {

struct flight_options {
  std::shared_ptr<trace::recorder> recorder;
  std::uint32_t turns = 65536; ///< the last ones, that a file holds
  std::uint32_t files = 20;    ///< the newest ones, that are kept
  std::function<void(const std::string&)> log;
};

/// Takes `keep_trace`. Blocks while it writes: it wants a thread of its own.
caf::behavior flight_edge(caf::event_based_actor* self, flight_options options);

} // namespace termlease::actors
