#pragma once

// Why: the ring goes on, and what happened a while ago is soon overwritten. A recording is a part
// of a ring that is kept: the same format, with the steps in their order and only the names that
// they need, so that one reader reads both and half of a file is still worth something.

#include "bus/trace/reader.hpp"

#include <string>
#include <string_view>

namespace termlease::trace {

/// The bytes of a file that has a trace's steps, their names, and a tail of JSON.
std::string recording_of(const log& from, std::string_view tail = {});

} // namespace termlease::trace
