#pragma once

// Why: a cell is what one place of a terminal shows, as tmux keeps it: every attribute and colour
// form that `capture-pane -e` can print has its own value here, so that a picture can be compared
// with tmux's own exactly.

#include <cstdint>

namespace termlease::worker {

/// 0 is the terminal's default; otherwise the kind is in the top byte.
using colour = std::uint32_t;
inline constexpr colour default_colour = 0;
inline constexpr std::uint32_t colour_kind_mask = 0xff000000;
inline constexpr std::uint32_t basic_kind = 0x01000000;   ///< SGR 30-37 and 90-97: 0-15
inline constexpr std::uint32_t indexed_kind = 0x02000000; ///< SGR 38;5: 0-255
inline constexpr std::uint32_t rgb_kind = 0x03000000;     ///< SGR 38;2

constexpr colour basic_colour(std::uint32_t number) {
  return basic_kind | number;
}

constexpr colour indexed_colour(std::uint32_t number) {
  return indexed_kind | number;
}

constexpr colour rgb_colour(std::uint32_t red, std::uint32_t green, std::uint32_t blue) {
  return rgb_kind | red << 16 | green << 8 | blue;
}

namespace attribute {
inline constexpr std::uint16_t bold = 1, dim = 2, italic = 4, blink = 8, reverse = 16, hidden = 32,
                               strike = 64, overline = 128;
inline constexpr std::uint16_t line_drawing = 256; ///< the glyph is of the VT100 line drawing set
inline constexpr int underline_shift =
    9; ///< 0 none, 1 single, 2 double, 3 curly, 4 dotted, 5 dashed
inline constexpr std::uint16_t underline = 7 << underline_shift;
} // namespace attribute

/// What is drawn with.
struct pen {
  colour front = default_colour;
  colour back = default_colour;
  colour line = default_colour; ///< of the underline
  std::uint16_t attributes = 0;
  bool operator==(const pen&) const = default;
};

/// A code point, or `cluster_flag` and a number of the screen's `glyph_table`.
using glyph = std::uint32_t;
inline constexpr glyph cluster_flag = 0x80000000;

struct cell {
  glyph shape = ' ';
  pen look;
  std::uint8_t width = 1; ///< 0 for the second half of a wide glyph
  bool operator==(const cell&) const = default;
};

/// Rows and columns; both are at least 1 for anything that is drawn.
struct extent {
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  bool operator==(const extent&) const = default;
};

} // namespace termlease::worker
