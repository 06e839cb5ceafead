#pragma once

// Why: "why was I denied?", "why did it take so long?" are asked by people who don't read records.
// What happened to one share is told in sentences, from the journal, which knows what was decided,
// and the trace, which knows where the time went.

#include "bus/trace/reader.hpp"
#include "messages/record.hpp"

#include <string>
#include <vector>

namespace termlease::cli {

/// One sentence of it.
struct sentence {
  messages::instant at; ///< not set: of no moment
  std::string text;     ///< safe
};

/// `records` are all of one share, in order; `steps` are what the trace still has of it.
std::vector<sentence> story_of(const std::vector<messages::record>& records,
                               const trace::log& steps);

} // namespace termlease::cli
