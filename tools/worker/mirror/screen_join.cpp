// What shares a cell with the character before it: marks, and the parts of an emoji.
#include "tools/worker/mirror/screen.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace termlease::worker {

namespace {

constexpr glyph joiner = 0x200d;
constexpr glyph emoji_selector = 0xfe0f;
constexpr std::string_view joiner_text = "\xe2\x80\x8d";

// Regional indicators and skin tones.
bool is_modifier(glyph shape) {
  return (shape >= 0x1f1e6 && shape <= 0x1f1ff) || (shape >= 0x1f3fb && shape <= 0x1f3ff);
}

} // namespace

// Until 3.3 tmux looks at the stream: a joiner waits for what follows.
bool screen::joined_to_stream(glyph shape, int columns, const pen& look) {
  if (shape == joiner) return joiner_waits_ = true;
  // tmux writes plain text another way than the rest, past a joiner that waits; captured text,
  // which has been joined already, isn't.
  const bool plain = !captured_ && shape < 0x7f && !(look.attributes & attribute::line_drawing) &&
                     modes_.wrap && !modes_.insert;
  if (columns != 0 && (!joiner_waits_ || plain)) return false;
  std::string text;
  if (std::exchange(joiner_waits_, false)) text += joiner_text;
  append_utf8(text, shape);
  const auto cells = grid_.row(cursor_.y);
  for (auto x = std::min(cursor_.x, size().columns); x > 0; --x)
    if (cells[x - 1].width != 0) {
      append_to_cell(x - 1, text);
      break;
    }
  return true;
}

// From 3.4 on it looks at the cell before the cursor.
bool screen::joined_to_cell(glyph shape, int columns) {
  if (shape < 0x80) return false;
  const bool mark = columns == 0 || shape == joiner || shape == emoji_selector;
  const auto x = std::min(cursor_.x, size().columns);
  if (x == 0) return mark;
  const auto cells = grid_.row(cursor_.y);
  const std::uint32_t step = x != 1 && cells[x - 1].width == 0 ? 2 : 1;
  const auto before = cells[x - step];
  if (before.width != step) return mark;
  std::string cluster;
  glyphs_.append(cluster, before.shape);
  const bool modifies = !mark && is_modifier(shape);
  if (modifies ? cluster.size() < 2 : !mark && !cluster.ends_with(joiner_text)) return false;
  std::string text;
  append_utf8(text, shape);
  if (cluster.size() + text.size() > max_cluster_bytes) return mark;
  append_to_cell(x - step, text);
  if (modifies || shape == emoji_selector) widen(x - step);
  return true;
}

void screen::widen(std::uint32_t x) {
  const auto cells = grid_.row(cursor_.y);
  if (cells[x].width != 1) return;
  if (x + 1 >= cells.size()) return suspect(doubt::now);
  const auto changed = grid_.change(cursor_.y);
  changed[x].width = 2;
  changed[x + 1] = {' ', changed[x].look, 0};
  cursor_.x = x + 2;
}

void screen::append_to_cell(std::uint32_t x, const std::string& text) {
  std::string cluster;
  glyphs_.append(cluster, grid_.row(cursor_.y)[x].shape);
  if (cluster.size() + text.size() > max_cluster_bytes) return;
  cluster += text;
  if (glyphs_.clusters() >= most_clusters_) collect_clusters();
  grid_.change(cursor_.y)[x].shape = glyphs_.intern(cluster);
}

} // namespace termlease::worker
