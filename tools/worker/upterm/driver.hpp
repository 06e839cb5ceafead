#pragma once

// Why: `upterm host` is a program for people that happens to do what a share needs. It runs in
// private folders with an environment of its own, so that nothing of the operator's configuration,
// agent or keys takes part, and with a command that only holds the session open, since guests get a
// program of ours. `-r` is not used: upterm then stops reading the guest's side, so it neither
// notices a guest who leaves nor stops spinning; read-only is kept by the worker, which drops what
// such a guest types.

#include "tools/worker/backend.hpp"

namespace termlease::worker::upterm {

/// Throws `failed` (`backend_missing`, `bad_start`, `work_dir_failed`).
std::unique_ptr<backend> make_driver(backend_setup setup);

} // namespace termlease::worker::upterm
