#pragma once

// Why: a file that a person wrote is wrong at a place. Whoever reads the complaint wants to go
// there, so every mistake carries file, line and column, and all mistakes of a file are told at
// once.

#include "messages/json.hpp"

#include <cstdint>
#include <string>

namespace termlease::messages {

/// One mistake in a file that a person wrote.
struct file_mistake {
  std::string file;
  std::uint32_t line = 0;   ///< from 1; 0: the file as a whole
  std::uint32_t column = 0; ///< from 1; 0: the line as a whole
  std::string key;          ///< "shares.default_ttl", "rule[2].effect"; may be empty
  std::string what;         ///< what is wrong, and what was expected
  std::string hint;         ///< what to do next; may be empty

  bool operator==(const file_mistake&) const = default;

  static constexpr auto describe() {
    return described("file_mistake", "one mistake in a file that a person wrote",
                     field("file", &file_mistake::file), field("line", &file_mistake::line),
                     field("column", &file_mistake::column), field("key", &file_mistake::key),
                     field("what", &file_mistake::what), field("hint", &file_mistake::hint));
  }
};

/// As compilers write it, so that editors can jump there: "FILE:LINE:COLUMN: KEY: WHAT (HINT)".
inline std::string to_text(const file_mistake& mistake) {
  std::string text = mistake.file;
  if (mistake.line != 0) text += ":" + std::to_string(mistake.line);
  if (mistake.line != 0 && mistake.column != 0) text += ":" + std::to_string(mistake.column);
  text += ": ";
  if (!mistake.key.empty()) text += mistake.key + ": ";
  text += mistake.what;
  if (!mistake.hint.empty()) text += " (" + mistake.hint + ")";
  return text;
}

} // namespace termlease::messages
