#pragma once

// Why: whoever has a question that no program answers yet writes one, and a line for each step is
// what such a program can read without keeping all of it. The object is the one of `trace --json`.

#include "bus/trace/reader.hpp"

#include <iosfwd>

namespace termlease::trace {

void write_ndjson(const log& from, std::ostream& to);

} // namespace termlease::trace
