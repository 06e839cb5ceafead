#pragma once

// Why: a file that is half written is worse than none: whoever reads it next believes it. So it is
// written beside its place, and put there once it is whole.

#include "messages/failure.hpp"

#include <string>
#include <string_view>

namespace termlease::actors {

/// What to say when something with a file failed: `file_failed`, with the reason of `problem`.
messages::failure file_failure(const std::string& what, const std::string& path, int problem);

/// Writes a file (0600) as a whole, or not at all and says why. What was there is replaced.
messages::failure write_whole_file(const std::string& path, std::string_view text);

} // namespace termlease::actors
