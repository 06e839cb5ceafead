#pragma once

// Why: `tmate -F` is a tmux of its own that a relay shows to guests. Its one pane runs our guest
// program, so that guests see the mirror and the hall decides what they may do, as with upterm; but
// it is one program for all of them, and who they are only the relay knows. What tmate does badly
// by itself is watched: a start that hangs is tried again, a relay that it looks for in vain is
// said, a link that changes is passed on, and a tmate that was stopped, of which no guest would
// ever learn, ends the share.

#include "tools/worker/backend.hpp"

namespace termlease::worker::tmate {

/// Throws `failed` (`backend_missing`, `bad_start`, `work_dir_failed`).
std::unique_ptr<backend> make_driver(backend_setup setup);

} // namespace termlease::worker::tmate
