#pragma once

// Why: a screen has so many columns, and what doesn't fit must not spill into the next line or
// leave half a number behind. Lines are built from parts with a tone, cut by columns and not by
// bytes; and a table that is too wide loses whole columns, the least telling ones first.

#include "messages/time.hpp"
#include "tools/termlease/output/style.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace termlease::cli::top {

/// A part of a line; its text is safe.
struct piece {
  std::string text;
  tone how = tone::plain;
};

struct line {
  std::vector<piece> pieces;
  bool is_chosen = false; ///< shown in reverse
};

/// The parts of a line as one text.
std::string text_of(const line& of);

/// What fits of a safe text; "~" at its end says that something is missing.
std::string cut(std::string_view text, std::size_t width);

/// `cut`, and filled up with blanks.
std::string left(std::string_view text, std::size_t width);
std::string right(std::string_view text, std::size_t width);

/// `text` in lines of so many columns, broken between words where that is possible.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

/// Those of `parts` that fit whole, the first ones before others, with two blanks between them.
line joined(const std::vector<piece>& parts, std::size_t width);

/// A column of a table. That of rank 0, of which there is one, is always shown, and takes what room
/// is left, up to its width.
struct column {
  std::string heading;
  std::size_t width = 0;
  unsigned rank = 0; ///< the lower, the longer it is kept
  bool is_number = false;
};

/// The widths of all columns on a screen; 0 for those without room. That of rank 0 gets at least
/// `least`, or all there is.
std::vector<std::size_t> fitted(const std::vector<column>& columns, std::size_t width,
                                std::size_t least);

/// One line of a table: a part for each column.
line lined_up(const std::vector<column>& columns, const std::vector<std::size_t>& widths,
              const std::vector<piece>& parts);

/// The headings of a table, as a line.
line headings(const std::vector<column>& columns, const std::vector<std::size_t>& widths);

/// "1 actor", "2 actors".
std::string counted(std::uint64_t count, const std::string& what);

/// A count in at most five columns: "99999", "123k", "4M".
std::string count_text(std::uint64_t count);

/// A rate in at most five columns: "0", "<0.1", "2.5", "130"; "-" when it isn't known yet.
std::string rate_text(std::optional<double> rate);

/// How long a turn has been going on, in at most seven columns: "250ms", "4m 30s"; empty for none.
std::string busy_text(messages::span busy);

} // namespace termlease::cli::top
