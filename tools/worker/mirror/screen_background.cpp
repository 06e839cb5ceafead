// tmux doesn't tell the colours of cells that were erased and not written again. A snapshot gets
// them from what is known: the picture before it, or what the written cells of a program's rows
// have in common.
#include "tools/worker/mirror/screen.hpp"

#include <algorithm>
#include <map>

namespace termlease::worker {

namespace {

constexpr std::size_t enough_rows = 3;

// Where the untold end of a row begins.
std::size_t told_until(std::span<const cell> row) {
  auto end = row.size();
  while (end > 0 && row[end - 1] == cell{}) --end;
  return end;
}

} // namespace

colour screen::common_background() const {
  std::map<colour, std::size_t> votes;
  std::size_t voters = 0;
  for (std::uint32_t y = 0; y < size().rows; ++y) {
    const auto cells = grid_.row(y);
    const auto end = told_until(cells);
    if (end == 0 || end == cells.size()) continue;
    ++votes[cells[end - 1].look.back];
    ++voters;
  }
  for (const auto& [back, count] : votes)
    if (count >= enough_rows && count * 4 >= voters * 3) return back;
  return default_colour;
}

void screen::extend_background(colour back) {
  cell erased;
  erased.look.back = back;
  for (std::uint32_t y = 0; y < size().rows; ++y) {
    const auto cells = grid_.change(y);
    const auto end = told_until(cells);
    if (end > 0 && cells[end - 1].look.back != back) continue;
    std::fill(cells.begin() + static_cast<std::ptrdiff_t>(end), cells.end(), erased);
  }
}

void screen::lend_erased_colours(screen& other) const {
  for (std::uint32_t y = 0; y < size().rows; ++y) {
    const auto here = grid_.row(y);
    const auto there = other.grid_.change(y);
    for (auto x = told_until(there); x < here.size(); ++x) {
      cell erased;
      erased.look.back = here[x].look.back;
      if (here[x] == erased) there[x] = erased;
    }
  }
}

} // namespace termlease::worker
