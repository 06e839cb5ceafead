#pragma once

// Why: the few small files that actors need (a share's folder, a relay's keys) are the disk's, and
// the disk can be full, read-only or slow. They are behind an edge like everything of the system's.

#include <caf/all.hpp>

namespace termlease::actors {

/// Takes `make_folder`, `write_file`, `read_file` and `remove_path`. Spawn it detached.
caf::behavior file_edge(caf::event_based_actor* self);

} // namespace termlease::actors
