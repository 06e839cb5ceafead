#pragma once

// Why: upterm and zellij are both asked on a socket of theirs, and neither may hold the worker up.

#include <string>

namespace termlease::worker {

/// A non-blocking stream to whoever listens at `path`; -1 when nobody does, or can't at once.
int connect_to(const std::string& path);

} // namespace termlease::worker
