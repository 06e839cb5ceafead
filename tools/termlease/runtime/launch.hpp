#pragma once

// Why: nobody should have to know that there is a runtime before the first share. A command that
// finds none starts one and goes on. The runtime outlives the command: it has its own session, no
// terminal, no descriptor of the caller, and tells through a pipe when it is ready or why it isn't.

#include "config/paths.hpp"

#include <chrono>
#include <filesystem>

namespace termlease::cli {

/// How long a started runtime may take until it says that it is ready.
inline constexpr std::chrono::milliseconds launch_deadline = std::chrono::seconds(15);

/// Where a runtime in the background writes what it has to tell.
std::filesystem::path log_file(const config::paths& where);

/// Starts the runtime in the background and waits until a client can connect. Where somebody else
/// starts one at the same time, theirs is waited for.
/// Throws the runtime's own `failed`, or `runtime_failed`.
void launch_runtime(const config::paths& where);

} // namespace termlease::cli
