#pragma once

// Why: moving and clearing follow tmux to the letter, including which cells it leaves alone when
// more is moved than there is room for: the picture must be tmux's, not what a terminal ought to
// show.

#include "tools/worker/mirror/cell.hpp"

#include <span>
#include <vector>

namespace termlease::worker {

/// Never used twice in a process: two rows with one stamp show the same.
using row_stamp = std::uint64_t;

class grid {
public:
  explicit grid(extent size);

  extent size() const { return size_; }

  std::span<const cell> row(std::uint32_t y) const;

  row_stamp stamp(std::uint32_t y) const { return lines_[order_[y]].stamp; }

  /// Whether the text of row `y` goes on in the next row.
  bool wrapped(std::uint32_t y) const { return lines_[order_[y]].wrapped; }

  void set_wrapped(std::uint32_t y, bool wrapped) { lines_[order_[y]].wrapped = wrapped; }

  /// The row for writing; gives it a new stamp.
  std::span<cell> change(std::uint32_t y);

  /// Fills with blanks on `back`. Parts outside the grid are ignored.
  void clear(std::uint32_t x, std::uint32_t y, std::int64_t columns, std::int64_t rows,
             colour back);
  /// Moves `count` rows from `from` to `to`; rows left behind become blank on `back`.
  void move_rows(std::uint32_t to, std::uint32_t from, std::int64_t count, colour back);
  /// The same for cells of row `y`.
  void move_cells(std::uint32_t to, std::uint32_t from, std::uint32_t y, std::int64_t count,
                  colour back);

private:
  struct line {
    row_stamp stamp = 0;
    bool wrapped = false;
  };

  void clear_row(std::uint32_t y, colour back);

  extent size_;
  std::vector<cell> cells_;
  std::vector<line> lines_;
  std::vector<std::uint32_t> order_; ///< which line each row shows: scrolling moves numbers only
};

} // namespace termlease::worker
