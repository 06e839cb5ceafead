#pragma once

// Why: whoever sees an actor that is slow wants to know what it was given, by whom, and how long
// each message waited and ran. The runtime's ring of turns has it, also when the runtime hangs or
// is gone, so nobody is asked.

#include "bus/trace/reader.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace termlease::cli::top {

/// One message of an actor, or its birth or death. All texts are safe.
struct past_message {
  std::string time; ///< "14:03:22.123"; "03-01 14:03" on another day
  std::string what;
  std::string waited;
  std::string ran;
  std::string outcome;
  std::string from; ///< the actor that sent it; "outside"
  bool is_bad = false;
};

struct past {
  std::vector<past_message> messages; ///< the newest first
  std::size_t looked_at = 0;          ///< steps of all actors, in which these were looked for
  std::string problem;                ///< why there is nothing; safe
};

/// The last of `actor` in a trace, at most so many.
past past_in(const trace::log& all, const std::string& actor, std::size_t most);

/// The last of `actor` in the ring of the runtime with that number. Never throws.
past read_past(const std::string& actor, std::int32_t runtime);

} // namespace termlease::cli::top
