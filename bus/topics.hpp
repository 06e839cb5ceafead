#pragma once

// Why: subscribers name what they want with dotted patterns, as NATS does: "*" is exactly one
// token,
// ">" is one or more at the end. Matching is done for every event and subscriber, so it allocates
// nothing.

#include <string_view>

namespace termlease::bus {

/// Longest topic or pattern, in bytes.
inline constexpr std::size_t max_topic_length = 256;

/// True for alphanumeric tokens (also `_` and `-`) joined by single dots.
bool is_topic(std::string_view text);

/// True for a topic in which tokens may also be "*", and the last one ">".
bool is_pattern(std::string_view text);

bool matches(std::string_view pattern, std::string_view topic);

} // namespace termlease::bus
