#include "tools/worker/mirror/screen.hpp"

#include <algorithm>

namespace termlease::worker {

void screen::linefeed(bool wrapped, colour back) {
  if (wrapped) grid_.set_wrapped(cursor_.y, true);
  if (cursor_.y == lower_)
    scroll_up(1, back);
  else if (cursor_.y + 1 < size().rows)
    ++cursor_.y;
}

void screen::reverse_index(colour back) {
  if (cursor_.y == upper_)
    grid_.move_rows(upper_ + 1, upper_, lower_ - upper_, back);
  else if (cursor_.y > 0)
    --cursor_.y;
}

void screen::backspace() {
  if (cursor_.x > 0) {
    --cursor_.x;
    return;
  }
  if (cursor_.y == 0) return;
  // A snapshot doesn't say which rows are wrapped.
  if (!grid_.wrapped(cursor_.y - 1)) return suspect(doubt::soon);
  --cursor_.y;
  cursor_.x = size().columns - 1;
}

void screen::tab() {
  const auto last = size().columns - 1;
  if (cursor_.x >= last) return;
  do ++cursor_.x;
  while (!tabs_[cursor_.x] && cursor_.x < last);
}

void screen::back_tab(std::uint32_t count) {
  auto x = std::min(cursor_.x, size().columns - 1);
  while (x > 0 && count-- > 0) {
    do --x;
    while (x > 0 && !tabs_[x]);
  }
  cursor_.x = x;
}

void screen::set_tab() {
  if (cursor_.x < size().columns) tabs_[cursor_.x] = true;
}

void screen::clear_tab(bool all) {
  if (all)
    tabs_.assign(tabs_.size(), false);
  else if (cursor_.x < size().columns)
    tabs_[cursor_.x] = false;
}

void screen::reset_tabs() {
  tabs_.assign(size().columns, false);
  for (std::size_t x = 8; x < tabs_.size(); x += 8) tabs_[x] = true;
}

void screen::set_tabs(const std::vector<std::uint32_t>& columns) {
  tabs_.assign(size().columns, false);
  for (const auto x : columns)
    if (x < tabs_.size()) tabs_[x] = true;
}

void screen::move_up(std::uint32_t count) {
  const auto room = cursor_.y < upper_ ? cursor_.y : cursor_.y - upper_;
  if (cursor_.x == size().columns) --cursor_.x;
  cursor_.y -= std::min(count, room);
}

void screen::move_down(std::uint32_t count) {
  const auto room = cursor_.y > lower_ ? size().rows - 1 - cursor_.y : lower_ - cursor_.y;
  if (cursor_.x == size().columns) --cursor_.x;
  cursor_.y += std::min(count, room);
}

void screen::move_left(std::uint32_t count) {
  cursor_.x -= std::min(count, cursor_.x);
}

void screen::move_right(std::uint32_t count) {
  const auto last = size().columns - 1;
  cursor_.x = cursor_.x > last ? last : cursor_.x + std::min(count, last - cursor_.x);
}

void screen::move_to(std::optional<std::uint32_t> x, std::optional<std::uint32_t> y,
                     bool with_origin) {
  if (y && with_origin && modes_.origin) *y = *y > lower_ - upper_ ? lower_ : *y + upper_;
  if (x) cursor_.x = std::min(*x, size().columns - 1);
  if (y) cursor_.y = std::min(*y, size().rows - 1);
}

void screen::place_cursor(place at) {
  cursor_.x = std::min(at.x, size().columns);
  cursor_.y = std::min(at.y, size().rows - 1);
}

void screen::set_region(std::uint32_t upper, std::uint32_t lower) {
  upper = std::min(upper, size().rows - 1);
  lower = std::min(lower, size().rows - 1);
  if (upper >= lower) return;
  cursor_ = {};
  upper_ = upper;
  lower_ = lower;
}

} // namespace termlease::worker
