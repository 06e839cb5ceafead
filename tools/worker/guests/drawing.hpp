#pragma once

// Why: a guest's terminal is unknown, so only what every terminal of the last decades understands
// is sent, each row is placed anew, and after a glyph whose width terminals disagree on, the cursor
// is too.

#include "tools/worker/mirror/cell.hpp"
#include "tools/worker/mirror/glyph_table.hpp"

#include <string>
#include <string_view>

namespace termlease::worker {

class drawing {
public:
  /// Bytes so far; leaves none behind.
  std::string take();

  bool empty() const { return bytes_.empty(); }

  std::size_t size() const { return bytes_.size(); }

  void precede(std::string_view sequence) { bytes_.insert(0, sequence); }

  void raw(std::string_view sequence) { bytes_.append(sequence); }

  void clear();
  void move(std::uint32_t x, std::uint32_t y);
  void put(const cell& one, const glyph_table& glyphs);
  /// Blank to the end of the terminal's row.
  void erase_rest();
  void text(std::string_view utf8, const pen& look);
  void use(const pen& look);
  /// The terminal's cursor and pen are anywhere.
  void forget();

private:
  void colours(char layer, colour value);
  void number(std::uint32_t value);

  std::string bytes_;
  pen pen_;
  bool pen_known_ = false;
  bool place_known_ = false;
  std::uint32_t x_ = 0;
  std::uint32_t y_ = 0;
};

} // namespace termlease::worker
