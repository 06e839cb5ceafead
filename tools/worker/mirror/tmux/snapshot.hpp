#pragma once

// Why: a mirror begins in the middle of a program's life. tmux is asked for everything that it
// tells about a pane, in one go, and the answer is painted into a fresh screen; the stream goes on
// exactly where the answer was taken. Not told by tmux: the pen, saved cursors, which rows are
// wrapped.

#include "tools/worker/mirror/screen.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace termlease::worker {

struct pane_report {
  std::string pane;    ///< "%3"; empty when there is no such pane
  std::string session; ///< "$1"
  bool dead = false;
  bool alternate = false;
  bool alternate_allowed = true;
  extent size;
  place cursor;
  std::optional<place> saved_cursor;
  std::uint32_t upper = 0;
  std::uint32_t lower = 0;
  std::uint32_t history = 0; ///< lines that were scrolled out of sight and are kept
  screen_modes modes;
  joining joins = joining::to_stream;
  std::vector<std::uint32_t> tabs;
};

/// tmux format whose expansion `read_report` reads.
std::string report_format();
/// Nothing when the text is no report. Sizes are checked against `max_screen_cells` by the caller.
std::optional<pane_report> read_report(std::string_view text);

struct snapshot {
  pane_report report;
  std::vector<std::string> rows;       ///< of `capture-pane -p -e -N`
  std::vector<std::string> saved_rows; ///< the same with `-a`: what the alternate screen hides
  std::string pending;                 ///< of `capture-pane -p -P -C`
};

/// The screen that the snapshot shows. Clusters that are `known` keep their numbers.
screen painted(const snapshot& from, const glyph_table& known);
/// Undoes the octal escapes of control mode: `\033`. Whatever isn't one is kept as it is.
void append_unescaped(std::string& to, std::string_view escaped);

} // namespace termlease::worker
