#pragma once

// Why: a command may be a step of something larger, which another system traces, and that system
// joins our steps with its own by what the W3C's Trace Context calls `traceparent`:
// "00-TRACE-PARENT-FLAGS", a trace id of 32 and a span id of 16 hexadecimal digits. Our trace ids
// are the correlation ids, our spans are turns.
// https://www.w3.org/TR/trace-context/#traceparent-header

#include <cstdint>
#include <string>
#include <string_view>

namespace termlease::trace {

/// The 32 digits of a correlation: of a UUID its own, of any other text a hash.
std::string trace_id_of(std::string_view correlation);

/// 16 digits.
std::string span_id_of(std::uint64_t span);

/// Reads `span_id_of` back; 0 for what is none.
std::uint64_t span_in(std::string_view digits);

std::string traceparent_of(std::string_view correlation, std::uint64_t span);

/// The span of a `traceparent`; 0 for what is none.
std::uint64_t parent_in(std::string_view traceparent);

/// The trace id of a `traceparent`, written as a UUID, so that it can be a correlation id; empty
/// for what is none.
std::string correlation_in(std::string_view traceparent);

} // namespace termlease::trace
