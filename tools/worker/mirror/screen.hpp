#pragma once

// Why: this is what tmux knows about a pane, kept here a second time, so that guests of any size
// can be shown it and a late guest sees all of it. The rules are tmux's own rather than a general
// terminal's: widths come from the C library as in tmux, and clusters of emoji share a cell as they
// do there. A general emulator (libvterm) puts such a cluster into several cells and keeps no dim,
// hidden or overlined text, and a guest's picture must equal tmux's cell by cell.

#include "tools/worker/mirror/glyph_table.hpp"
#include "tools/worker/mirror/grid.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace termlease::worker {

/// The largest pane that is mirrored; tmux itself allows far more than any display.
inline constexpr std::uint64_t max_screen_cells = 1u << 20;

enum class mouse_tracking : std::uint8_t { none, buttons, drags, all };

struct screen_modes {
  bool cursor_visible = true;
  bool insert = false;
  bool wrap = true;
  bool origin = false;
  bool application_cursor = false;
  bool application_keypad = false;
  bool mouse_sgr = false;
  bool mouse_utf8 = false;
  mouse_tracking mouse = mouse_tracking::none;
  std::uint8_t cursor_shape = 0; ///< 0 default, 1 block, 3 underline, 5 bar
  bool cursor_blinks = false;
};

/// How far the picture is to be trusted; anything but `none` asks for a new snapshot.
enum class doubt { none, soon, now };

/// What tmux joins a character to: what was printed before it (until 3.3), or the cell before it.
enum class joining : std::uint8_t { to_stream, to_cell };

/// Column may equal the number of columns: the next character wraps first.
struct place {
  std::uint32_t x = 0;
  std::uint32_t y = 0;
};

class screen {
public:
  explicit screen(extent size = {24, 80}, glyph_table known = {});

  extent size() const { return grid_.size(); }

  std::span<const cell> row(std::uint32_t y) const { return grid_.row(y); }

  row_stamp stamp(std::uint32_t y) const { return grid_.stamp(y); }

  place cursor() const { return cursor_; }

  const screen_modes& modes() const { return modes_; }

  const glyph_table& glyphs() const { return glyphs_; }

  /// Changes when the numbers of clusters do: nothing drawn before can be compared any more.
  std::uint64_t epoch() const { return epoch_; }

  bool alternate() const { return saved_.has_value(); }

  /// Raises the doubt; a snapshot lowers it.
  void suspect(doubt how) { doubt_ = std::max(doubt_, how); }

  doubt suspicion() const { return doubt_; }

  void trust() { doubt_ = doubt::none; }

  // What a program's output does, in tmux's terms.
  /// What takes no columns, and what is joined to it, goes into the cell before.
  void print(glyph shape, int columns, const pen& look);

  void linefeed(bool wrapped, colour back);
  void reverse_index(colour back);
  void backspace();
  void tab();
  void back_tab(std::uint32_t count);
  void set_tab();
  void clear_tab(bool all);

  void carriage_return() { cursor_.x = 0; }

  void move_up(std::uint32_t count);
  void move_down(std::uint32_t count);
  void move_left(std::uint32_t count);
  void move_right(std::uint32_t count);
  /// Absolute, from 0; nothing moves in a direction that is not given.
  void move_to(std::optional<std::uint32_t> x, std::optional<std::uint32_t> y, bool with_origin);
  void set_region(std::uint32_t upper, std::uint32_t lower);
  void scroll_up(std::uint32_t count, colour back);
  void scroll_down(std::uint32_t count, colour back);
  void insert_cells(std::uint32_t count, colour back);
  void delete_cells(std::uint32_t count, colour back);
  void erase_cells(std::uint32_t count, colour back);
  void insert_rows(std::uint32_t count, colour back);
  void delete_rows(std::uint32_t count, colour back);
  void erase_line(int how, colour back);   ///< 0 right of the cursor, 1 left of it, 2 all
  void erase_screen(int how, colour back); ///< 0 below, 1 above, 2 all
  void alignment_test();
  void reset();
  void enter_alternate(const pen& look, bool with_cursor);
  /// Restores what `enter_alternate` saved; returns the pen when it is restored, too.
  std::optional<pen> leave_alternate(bool with_cursor);

  screen_modes& change_modes() { return modes_; }

  // What a snapshot sets.
  void set_joining(joining how) { joins_ = how; }

  /// What is printed from now on was captured from a pane, or comes from its program again.
  void set_captured(bool captured) { captured_ = captured; }

  void set_tabs(const std::vector<std::uint32_t>& columns);

  void set_alternate_allowed(bool allowed) { alternate_allowed_ = allowed; }

  void set_saved_cursor(std::optional<place> at) { saved_cursor_ = at; }

  void place_cursor(place at);

  /// What the alternate screen hides may have another size: ask tmux once it is shown again.
  void guess_saved() { saved_guessed_ = true; }

  /// Takes everything but the cursor's shape, which no snapshot tells, from `other`, which was made
  /// with the clusters of this screen.
  void replace_by(screen&& other);
  /// The background that a full-screen program gave nearly all rows that end before the edge;
  /// `default_colour` when there is none.
  colour common_background() const;
  /// Gives the blank ends of rows in `back`, and empty rows, this background.
  void extend_background(colour back);
  /// Gives erased cells at the ends of rows of `other`, an equally large picture of the same
  /// moment, the colours they have here: a snapshot doesn't tell them.
  void lend_erased_colours(screen& other) const;

private:
  static constexpr std::size_t usual_clusters = 4096;

  void put(glyph shape, std::uint32_t columns, const pen& look);
  bool joined_to_stream(glyph shape, int columns, const pen& look);
  bool joined_to_cell(glyph shape, int columns);
  void widen(std::uint32_t x);
  void clear_halves(std::uint32_t from, std::uint32_t to);
  void append_to_cell(std::uint32_t x, const std::string& text);
  void reset_tabs();
  void collect_clusters();

  grid grid_;
  std::optional<grid> saved_;
  std::optional<place> saved_cursor_;
  pen saved_pen_;
  glyph_table glyphs_;
  std::size_t most_clusters_ = usual_clusters;
  std::uint64_t epoch_ = 0;
  place cursor_;
  std::uint32_t upper_ = 0;
  std::uint32_t lower_;
  screen_modes modes_;
  std::vector<bool> tabs_;
  joining joins_ = joining::to_stream;
  bool joiner_waits_ = false;
  bool captured_ = false;
  bool saved_guessed_ = false;
  bool alternate_allowed_ = true;
  doubt doubt_ = doubt::none;
};

} // namespace termlease::worker
