#pragma once

// Why: what a worker can lend, and through what, are two tables, and the worker itself knows of no
// entry. So one that is not ours is lent, and lends, like ours.

#include "tools/worker/backend.hpp"
#include "tools/worker/mirror/mirror.hpp"

namespace termlease::worker {

struct drivers {
  std::span<const backend_entry> backends = known_backends();
  std::span<const mirror_entry> mirrors = known_mirrors();
};

} // namespace termlease::worker
