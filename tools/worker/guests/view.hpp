#pragma once

// Why: each guest's terminal has a size of its own, and may be slow. The view remembers what that
// terminal shows, and makes the bytes that turn it into what it should show: never more than one
// picture, whatever the pane printed meanwhile, and never a byte that isn't from a cell or from
// here.

#include "tools/worker/guests/drawing.hpp"
#include "tools/worker/mirror/screen.hpp"

#include <string>
#include <vector>

namespace termlease::worker {

/// The largest terminal of a guest that is drawn on; a larger one is drawn on up to here.
inline constexpr std::uint32_t max_guest_side = 10000;

/// The piece of the pane that a guest sees: where it begins in the pane, and its size.
struct window_on_pane {
  place origin;
  extent size;
};

class view {
public:
  /// `interactive` guests get the pane's modes for keys and the mouse.
  view(extent terminal, bool interactive);

  void resize(extent terminal);
  /// From now on it is one that gets the modes, or none.
  void set_interactive(bool interactive);

  extent terminal() const { return terminal_; }

  void set_status(std::string text, bool alert);
  /// The bytes that bring the terminal up to date; empty when it is. Without a picture the terminal
  /// shows the status line only.
  std::string frame(const screen* picture);

  /// The next time that nothing is left of the picture, its terminal forgets what scrolled off,
  /// too.
  void forget() { forgets_ = true; }

  /// What was last drawn, for reports of the mouse.
  const window_on_pane& shown() const { return shown_; }

private:
  bool status_shown() const { return terminal_.rows > 1 || alert_ || !has_picture_; }

  void follow(const screen& picture);
  void draw_rows(const screen& picture);
  void draw_row(const screen& picture, std::uint32_t row);
  void draw_status();
  void draw_cursor(const screen* picture);
  void draw_modes(const screen_modes& modes);

  extent terminal_;
  bool interactive_;
  std::string status_;
  bool alert_ = false;
  bool has_picture_ = false;
  bool forgets_ = false;

  window_on_pane shown_;
  std::uint64_t epoch_ = 0;
  std::vector<cell> drawn_;       ///< what the terminal shows of the pane
  std::vector<row_stamp> stamps_; ///< the pane's rows that were drawn; 0 for none
  std::vector<cell> wanted_;      ///< one row; kept for its memory
  bool all_ = true;               ///< nothing is known about the terminal
  bool status_drawn_ = false;
  screen_modes modes_drawn_;
  bool modes_known_ = false;
  bool modes_left_ = false; ///< drawn for one who types, and not wanted any more
  place cursor_drawn_;
  drawing out_;
};

} // namespace termlease::worker
