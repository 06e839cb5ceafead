#include "tools/worker/mirror/grid.hpp"

#include <algorithm>
#include <numeric>

namespace termlease::worker {

namespace {

row_stamp next_stamp() {
  static row_stamp last = 0;
  return ++last;
}

cell blank_on(colour back) {
  cell blank;
  blank.look.back = back;
  return blank;
}

} // namespace

grid::grid(extent size)
    : size_(size), cells_(std::size_t{size.rows} * size.columns), lines_(size.rows),
      order_(size.rows) {
  std::iota(order_.begin(), order_.end(), 0u);
  for (auto& each : lines_) each.stamp = next_stamp();
}

std::span<const cell> grid::row(std::uint32_t y) const {
  return {cells_.data() + std::size_t{order_[y]} * size_.columns, size_.columns};
}

std::span<cell> grid::change(std::uint32_t y) {
  lines_[order_[y]].stamp = next_stamp();
  return {cells_.data() + std::size_t{order_[y]} * size_.columns, size_.columns};
}

void grid::clear_row(std::uint32_t y, colour back) {
  std::ranges::fill(change(y), blank_on(back));
  lines_[order_[y]].wrapped = false;
}

void grid::clear(std::uint32_t x, std::uint32_t y, std::int64_t columns, std::int64_t rows,
                 colour back) {
  if (columns <= 0 || rows <= 0 || x >= size_.columns || y >= size_.rows) return;
  columns = std::min<std::int64_t>(columns, size_.columns - x);
  rows = std::min<std::int64_t>(rows, size_.rows - y);
  for (auto each = y; each < y + rows; ++each) {
    if (columns == size_.columns)
      clear_row(each, back);
    else
      std::ranges::fill(change(each).subspan(x, static_cast<std::size_t>(columns)), blank_on(back));
  }
  if (columns == size_.columns && y > 0) set_wrapped(y - 1, false);
}

void grid::move_rows(std::uint32_t to, std::uint32_t from, std::int64_t count, colour back) {
  if (count <= 0 || to == from) return;
  const auto n = static_cast<std::uint32_t>(count);
  if (from + n > size_.rows || to + n > size_.rows) return;
  if (to > 0) set_wrapped(to - 1, false);
  const auto at = order_.begin();
  const auto gap = to < from ? from - to : to - from;
  std::uint32_t left = from;
  if (gap >= n) {
    std::swap_ranges(at + to, at + to + n, at + from);
  } else if (to < from) {
    std::rotate(at + to, at + from, at + from + n);
    left = to + n;
  } else {
    std::rotate(at + from, at + from + n, at + to + n);
  }
  const auto vacated = std::min(gap, n);
  for (auto each = left; each < left + vacated; ++each) clear_row(each, back);
  if (from > 0 && (from < to || from >= to + n)) set_wrapped(from - 1, false);
}

void grid::move_cells(std::uint32_t to, std::uint32_t from, std::uint32_t y, std::int64_t count,
                      colour back) {
  if (count <= 0 || to == from) return;
  const auto n = static_cast<std::uint32_t>(count);
  if (from + n > size_.columns || to + n > size_.columns) return;
  const auto cells = change(y);
  if (to < from)
    std::copy(cells.begin() + from, cells.begin() + from + n, cells.begin() + to);
  else
    std::copy_backward(cells.begin() + from, cells.begin() + from + n, cells.begin() + to + n);
  for (auto x = from; x < from + n; ++x)
    if (x < to || x >= to + n) cells[x] = blank_on(back);
}

} // namespace termlease::worker
