#pragma once

// Why: a trace is read by people, who know messages by the names that the bus and the code give
// them. The name is found from the types of a message, once for each kind; nothing of its content
// is kept but ids that the journal has as well.

#include "bus/trace/recorder.hpp"

#include <caf/type_erased_tuple.hpp>

#include <string_view>

namespace termlease::trace {

/// What a message that comes from outside tells of its cause.
struct claim {
  std::uint64_t span = 0;   ///< of ours, as a worker gives it back
  std::uint64_t parent = 0; ///< a client's span
  std::string_view correlation;
};

/// What can be told of a message by one look at it.
struct reading {
  label what;
  claim said;
};

/// A command is named by its method, an atom by its word, anything else by its type. Records on
/// their way to the journal are named with what they record.
reading read(recorder& in, const caf::type_erased_tuple& content);

} // namespace termlease::trace
