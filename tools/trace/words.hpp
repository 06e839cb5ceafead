#pragma once

// Why: what a step was and how it went is told the same way on a terminal, in a diagram and in
// JSON.

#include "bus/trace/reader.hpp"

#include <string>
#include <string_view>

namespace termlease::trace {

/// "turn", "birth", "death", "dead letter".
std::string_view word_of(step_kind kind);

/// "running", "done", "crashed", "put back".
std::string_view word_of(step_outcome outcome);

/// The message's name, or what else happened: "(begins)", "(ends)".
std::string_view message_of(const log& from, const step& each);

/// Who it happened to; "(unknown)" where the trace doesn't know the name any more.
std::string_view actor_of(const log& from, const step& each);

/// A short time for people: "870 ns", "12 us", "3.4 ms", "1.2 s", "12m 5s".
std::string length_of(std::int64_t nanoseconds);

/// Nanoseconds of Unix time, of a time of the trace.
std::int64_t unix_ns(const log& from, std::int64_t clock);

/// RFC 3339 in UTC, with nanoseconds.
std::string exact_time(const log& from, std::int64_t clock);

} // namespace termlease::trace
