#pragma once

// Why: a scenario is written by a person, in JSON with comments, and a complaint about it has to
// name the line. The parser of the JSON library tells no places, so the lines are counted while it
// reads, and kept for each key.

#include "messages/json.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace termlease::scenario {

/// A file as it was read.
struct source {
  std::string file;
  messages::json value;
  std::map<std::string, std::uint32_t> lines; ///< by JSON pointer (RFC 6901)
  std::vector<std::string> repeated;          ///< pointers of keys that stand twice in one object

  /// The line of the value at `pointer`, or of the nearest one around it; from 1.
  std::uint32_t line_of(std::string pointer) const;
};

/// Throws `failed` (`bad_scenario`) with file and line for a text that is no JSON.
source parse_source(std::string_view text, const std::string& file);

} // namespace termlease::scenario
