#pragma once

// Why: a cell may hold a whole cluster (a letter with accents, an emoji of several people), but
// nearly none does. Clusters are kept once each, and a cell holds their number.

#include "tools/worker/mirror/cell.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace termlease::worker {

/// Bytes of a cluster, as in tmux; what would be longer is not added to the cell.
inline constexpr std::size_t max_cluster_bytes = 21;

/// Appends `code_point` as UTF-8.
void append_utf8(std::string& to, std::uint32_t code_point);
/// The code point of one whole sequence; nothing for what is no valid UTF-8.
std::optional<std::uint32_t> decode_utf8(std::string_view sequence);
/// Columns that tmux gives `code_point`: 0, 1 or 2; -1 for one that it doesn't draw.
int columns_of(std::uint32_t code_point);

class glyph_table {
public:
  /// The glyph for `text` (UTF-8): its code point when it is one, otherwise a cluster.
  glyph intern(const std::string& text);
  /// Appends the glyph as UTF-8.
  void append(std::string& to, glyph shape) const;

  std::size_t clusters() const { return texts_.size(); }

private:
  std::vector<std::string> texts_;
  std::unordered_map<std::string, glyph> numbers_;
};

} // namespace termlease::worker
