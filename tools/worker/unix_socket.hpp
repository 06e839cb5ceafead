#pragma once

// Why: upterm, tmux and zellij are asked on a socket of theirs, and none may hold the worker up.

#include <string>

namespace termlease::worker {

/// A non-blocking stream to whoever listens at `path`; -1 when nobody does, or can't at once, which
/// `errno` tells by EAGAIN.
int connect_to(const std::string& path);

} // namespace termlease::worker
