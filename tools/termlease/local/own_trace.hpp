#pragma once

// Why: what the actors did is read from the runtime's own file, not asked for at the bus: a runtime
// that hangs or was killed is just the one that somebody wants to look into.

#include "bus/trace/reader.hpp"
#include "messages/time.hpp"

#include <string>

namespace termlease::cli {

/// The trace in `file`; of the runtime that runs, or ran last, when that is empty. Throws `failed`:
/// no_trace, bad_trace, trace_version.
trace::log read_own_trace(const std::string& file, std::uint64_t from = 1);

/// The time of a trace's own clock for one of the wall clock.
std::int64_t clock_of(const trace::log& from, messages::instant at);

/// The share that a trace knows by the beginning or the end of its id; empty when it knows none.
/// Throws `failed` (`ambiguous_id`).
std::string share_in(const trace::log& from, const std::string& id);

} // namespace termlease::cli
