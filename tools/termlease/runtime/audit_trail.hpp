#pragma once

// Why: the journal is read in parts, so that no answer is larger than a line may be; whoever wants
// all of it asks until there is no more.

#include "bus/client/client.hpp"
#include "messages/runtime.hpp"

#include <vector>

namespace termlease::cli {

/// All records that `query` asks for, in order.
std::vector<messages::record> read_all(bus::client& runtime, messages::query_audit query);

} // namespace termlease::cli
