#pragma once

// Why: people ask "how long still?", so tables answer that; the exact time is a glance away in
// `show` and always in --json.

#include "messages/time.hpp"

#include <string>

namespace termlease::cli {

messages::instant now();

/// At most two units, rounded down: "1h 5m", "4m 30s", "12s".
std::string short_span(messages::span length);

/// `short_span` until then, rounded up, so that a lease of 10 minutes begins with "10m".
std::string time_left(messages::instant until, messages::instant seen_from);

/// "in 4m 30s", "2m ago", "now"; empty when not set.
std::string relative(messages::instant at, messages::instant seen_from);

/// "14:03:22" on the same local day as `seen_from`, otherwise "2026-03-01 14:03"; empty when not
/// set.
std::string local_time(messages::instant at, messages::instant seen_from);

/// With seconds and milliseconds on any day: "14:03:22.123", "2026-03-01 14:03:22.123".
std::string exact_local_time(messages::instant at, messages::instant seen_from);

} // namespace termlease::cli
