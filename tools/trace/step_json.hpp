#pragma once

// Why: a program that reads steps reads them as JSON, whether it asked for a tree or for an export;
// the fields are told in docs/trace.md.

#include "bus/trace/reader.hpp"

#include <nlohmann/json.hpp>

namespace termlease::trace {

nlohmann::json json_of(const log& from, const step& each);

} // namespace termlease::trace
