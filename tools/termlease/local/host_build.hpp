#pragma once

// Why: zellij is in few distributions, and cargo on many machines of those who want it. Whoever
// asks for a terminal in it and has none gets one built, once, into the cache folder, and sees how
// far it is; the runtime itself builds nothing.

#include "messages/failure.hpp"
#include "tools/termlease/output/console.hpp"

#include <string>

namespace termlease::cli {

/// Whether the failure was mended by building the host's program: what was asked may be asked
/// again.
bool build_missing(const messages::failure& why, const std::string& host, const console& screen);

} // namespace termlease::cli
