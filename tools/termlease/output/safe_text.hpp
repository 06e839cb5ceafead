#pragma once

// Why: names, reasons and addresses come from other people, and a terminal obeys what it prints. A
// share's reason must not be able to retitle the operator's window, rewrite a line above or hide
// text by its direction. So whatever comes from others is shown with such characters spelled out.

#include <cstddef>
#include <string>
#include <string_view>

namespace termlease::cli {

/// One Unicode character of a text; invalid bytes come out one by one as `valid == false`.
struct character {
  char32_t code = 0;
  std::string_view bytes;
  bool valid = false;
};

/// The first character of a text that isn't empty.
character first_character(std::string_view text);

/// `text` with control, direction and line-breaking characters and invalid bytes written as escapes
/// ("\n", "\x1b", "\u{202e}"). The result is valid UTF-8 on one line.
std::string safe(std::string_view text);

/// Columns that a safe text takes on a terminal: 2 for wide characters, 0 for combining ones.
std::size_t width_of(std::string_view text);

} // namespace termlease::cli
