#include "tools/worker/mirror/screen.hpp"

#include <algorithm>
#include <utility>

namespace termlease::worker {

screen::screen(extent size, glyph_table known)
    : grid_(size), glyphs_(std::move(known)), lower_(size.rows - 1) {
  reset_tabs();
}

void screen::scroll_up(std::uint32_t count, colour back) {
  const auto rows = lower_ - upper_ + 1;
  // With history tmux clears the row that it moves there, even if it is the only one.
  if (rows == 1 && !saved_) return grid_.clear(0, upper_, size().columns, 1, back);
  for (auto by = std::min(count, rows); by > 0; --by)
    grid_.move_rows(upper_, upper_ + 1, rows - 1, back);
}

void screen::scroll_down(std::uint32_t count, colour back) {
  const auto rows = lower_ - upper_ + 1;
  for (auto by = std::min(count, rows); by > 0; --by)
    grid_.move_rows(upper_ + 1, upper_, rows - 1, back);
}

void screen::insert_cells(std::uint32_t count, colour back) {
  const auto width = size().columns;
  if (cursor_.x >= width) return;
  if (cursor_.x == width - 1) return grid_.clear(cursor_.x, cursor_.y, 1, 1, back);
  const auto by = std::min(count, width - cursor_.x);
  grid_.move_cells(cursor_.x + by, cursor_.x, cursor_.y, std::int64_t{width} - cursor_.x - by,
                   back);
}

void screen::delete_cells(std::uint32_t count, colour back) {
  const auto width = size().columns;
  if (cursor_.x >= width) return;
  const auto by = std::min(count, width - cursor_.x);
  grid_.move_cells(cursor_.x, cursor_.x + by, cursor_.y, std::int64_t{width} - cursor_.x - by,
                   back);
  grid_.clear(width - by, cursor_.y, std::int64_t{cursor_.x} + by - (std::int64_t{width} - by), 1,
              back);
}

void screen::erase_cells(std::uint32_t count, colour back) {
  const auto width = size().columns;
  if (cursor_.x >= width) return;
  grid_.clear(cursor_.x, cursor_.y, std::min(count, width - cursor_.x), 1, back);
}

void screen::insert_rows(std::uint32_t count, colour back) {
  const auto y = cursor_.y;
  const auto width = size().columns;
  if (y < upper_ || y > lower_) {
    const std::int64_t by = std::min(count, size().rows - y);
    return grid_.move_rows(y + static_cast<std::uint32_t>(by), y,
                           std::int64_t{size().rows} - y - by, back);
  }
  const std::int64_t by = std::min(count, lower_ + 1 - y);
  const std::int64_t kept = std::int64_t{lower_} + 1 - y - by;
  grid_.move_rows(static_cast<std::uint32_t>(lower_ + 1 - kept), y, kept, back);
  grid_.clear(0, static_cast<std::uint32_t>(y + kept), width, by - kept, back);
}

void screen::delete_rows(std::uint32_t count, colour back) {
  const auto y = cursor_.y;
  const auto width = size().columns;
  const std::int64_t rows = size().rows;
  if (y < upper_ || y > lower_) {
    const std::int64_t by = std::min<std::int64_t>(count, rows - y);
    grid_.move_rows(y, static_cast<std::uint32_t>(y + by), rows - y - by, back);
    return grid_.clear(0, static_cast<std::uint32_t>(rows - by), width, y + by - (rows - by), back);
  }
  const std::int64_t by = std::min(count, lower_ + 1 - y);
  const std::int64_t kept = std::int64_t{lower_} + 1 - y - by;
  grid_.move_rows(y, static_cast<std::uint32_t>(y + by), kept, back);
  grid_.clear(0, static_cast<std::uint32_t>(y + kept), width, by - kept, back);
}

void screen::erase_line(int how, colour back) {
  const auto width = size().columns;
  const auto x = cursor_.x;
  if (how == 2 || (how == 0 && x == 0) || (how == 1 && x >= width - 1))
    grid_.clear(0, cursor_.y, width, 1, back);
  else if (how == 0 && x < width)
    grid_.clear(x, cursor_.y, width - x, 1, back);
  else if (how == 1)
    grid_.clear(0, cursor_.y, x + 1, 1, back);
}

void screen::erase_screen(int how, colour back) {
  const auto [rows, width] = size();
  const auto [x, y] = cursor_;
  if (how == 2) return grid_.clear(0, 0, width, rows, back);
  if (how == 0) {
    if (x < width) grid_.clear(x, y, width - x, 1, back);
    grid_.clear(0, y + 1, width, std::int64_t{rows} - y - 1, back);
  } else {
    grid_.clear(0, 0, width, y, back);
    grid_.clear(0, y, std::min(x + 1, width), 1, back);
  }
}

void screen::alignment_test() {
  for (std::uint32_t y = 0; y < size().rows; ++y)
    std::ranges::fill(grid_.change(y), cell{'E', {}, 1});
  cursor_ = {};
  upper_ = 0;
  lower_ = size().rows - 1;
}

void screen::reset() {
  reset_tabs();
  const auto shape = modes_.cursor_shape;
  modes_ = {};
  modes_.cursor_shape = shape;
  upper_ = 0;
  lower_ = size().rows - 1;
  grid_.clear(0, 0, size().columns, size().rows, default_colour);
  cursor_ = {};
}

void screen::enter_alternate(const pen& look, bool with_cursor) {
  if (saved_ || !alternate_allowed_) return;
  saved_ = grid_;
  if (with_cursor) saved_cursor_ = cursor_;
  saved_pen_ = look;
  grid_.clear(0, 0, size().columns, size().rows, default_colour);
}

std::optional<pen> screen::leave_alternate(bool with_cursor) {
  if (!alternate_allowed_) return {};
  std::optional<pen> restored;
  if (with_cursor && saved_cursor_) {
    cursor_ = *saved_cursor_;
    restored = saved_pen_;
  }
  if (saved_) {
    grid_ = std::move(*saved_);
    saved_.reset();
    if (std::exchange(saved_guessed_, false)) suspect(doubt::now);
  }
  cursor_.x = std::min(cursor_.x, size().columns - 1);
  cursor_.y = std::min(cursor_.y, size().rows - 1);
  return restored;
}

} // namespace termlease::worker
