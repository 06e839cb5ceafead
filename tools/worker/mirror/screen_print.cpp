#include "tools/worker/mirror/screen.hpp"

#include <algorithm>

namespace termlease::worker {

void screen::print(glyph shape, int columns, const pen& look) {
  const bool joined = joins_ == joining::to_cell ? joined_to_cell(shape, columns)
                                                 : joined_to_stream(shape, columns, look);
  if (!joined) put(shape, static_cast<std::uint32_t>(columns), look);
}

void screen::put(glyph shape, std::uint32_t columns, const pen& look) {
  const auto width = size().columns;
  if (!modes_.wrap && columns > 1 &&
      (columns > width || (cursor_.x != width && cursor_.x > width - columns)))
    return;
  if (modes_.insert && cursor_.x < width)
    grid_.move_cells(cursor_.x + columns, cursor_.x, cursor_.y,
                     std::int64_t{width} - cursor_.x - columns, default_colour);
  if (modes_.wrap && cursor_.x + columns > width) {
    linefeed(true, default_colour);
    cursor_.x = 0;
  }
  if (cursor_.x + columns > width) return;

  const auto x = cursor_.x;
  clear_halves(x, x + columns);
  const auto cells = grid_.change(cursor_.y);
  cells[x] = {shape, look, static_cast<std::uint8_t>(columns)};
  if (columns == 2) cells[x + 1] = {' ', look, 0};
  const auto last = modes_.wrap ? width : width - 1;
  cursor_.x = std::min(x + columns, last);
}

// A wide glyph that loses one half loses the other, too.
void screen::clear_halves(std::uint32_t from, std::uint32_t to) {
  const auto cells = grid_.row(cursor_.y);
  if (cells[from].width == 0 && from > 0) grid_.change(cursor_.y)[from - 1] = {};
  if (to < cells.size() && cells[to].width == 0) grid_.change(cursor_.y)[to] = {};
}

void screen::collect_clusters() {
  glyph_table kept;
  const auto keep = [&](grid& each) {
    std::string text;
    for (std::uint32_t y = 0; y < each.size().rows; ++y)
      for (auto& one : each.change(y))
        if (one.shape & cluster_flag) {
          text.clear();
          glyphs_.append(text, one.shape);
          one.shape = kept.intern(text);
        }
  };
  keep(grid_);
  if (saved_) keep(*saved_);
  glyphs_ = std::move(kept);
  most_clusters_ = std::max(usual_clusters, glyphs_.clusters() * 2);
  ++epoch_;
}

void screen::replace_by(screen&& other) {
  const auto epoch = epoch_;
  const auto shape = modes_.cursor_shape;
  const bool blinks = modes_.cursor_blinks;
  *this = std::move(other);
  epoch_ += epoch;
  modes_.cursor_shape = shape;
  modes_.cursor_blinks = blinks;
}

} // namespace termlease::worker
