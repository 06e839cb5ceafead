#include "tools/worker/guests/drawing.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace termlease::worker {

namespace {

// The VT100's line drawing set, from '`' to '~'.
constexpr std::array<std::uint32_t, 31> line_drawing{
    0x25c6, 0x2592, 0x2409, 0x240c, 0x240d, 0x240a, 0x00b0, 0x00b1, 0x2424, 0x240b, 0x2518,
    0x2510, 0x250c, 0x2514, 0x253c, 0x23ba, 0x23bb, 0x2500, 0x23bc, 0x23bd, 0x251c, 0x2524,
    0x2534, 0x252c, 0x2502, 0x2264, 0x2265, 0x03c0, 0x2260, 0x00a3, 0x00b7};

struct rendition {
  std::uint16_t bit;
  std::string_view code;
};

constexpr std::array<rendition, 8> renditions{{{attribute::bold, "1"},
                                               {attribute::dim, "2"},
                                               {attribute::italic, "3"},
                                               {attribute::blink, "5"},
                                               {attribute::reverse, "7"},
                                               {attribute::hidden, "8"},
                                               {attribute::strike, "9"},
                                               {attribute::overline, "53"}}};

// Colons only where nothing older means the same: some terminals misread them.
constexpr std::array<std::string_view, 8> underlines{"", "4", "21", "4:3", "4:4", "4:5", "", ""};

} // namespace

std::string drawing::take() {
  return std::exchange(bytes_, {});
}

void drawing::forget() {
  pen_known_ = place_known_ = false;
}

void drawing::number(std::uint32_t value) {
  std::array<char, 10> digits; // NOLINT: filled by to_chars
  const auto end = std::to_chars(digits.begin(), digits.end(), value).ptr;
  bytes_.append(digits.begin(), end);
}

void drawing::clear() {
  use({});
  raw("\x1b[2J");
}

void drawing::move(std::uint32_t x, std::uint32_t y) {
  if (place_known_ && x_ == x && y_ == y) return;
  raw("\x1b[");
  number(y + 1);
  raw(";");
  number(x + 1);
  raw("H");
  x_ = x;
  y_ = y;
  place_known_ = true;
}

void drawing::colours(char layer, colour value) {
  const auto low = value & 0xff;
  bytes_ += ';';
  if (layer == '5') { // underline colours have no form without colons
    raw((value & colour_kind_mask) == rgb_kind ? "58:2::" : "58:5:");
  } else if ((value & colour_kind_mask) == basic_kind) {
    return number((layer == '3' ? 30u : 40u) + (low < 8 ? low : low + 52));
  } else {
    bytes_ += layer;
    raw((value & colour_kind_mask) == rgb_kind ? "8;2;" : "8;5;");
  }
  const char between = layer == '5' ? ':' : ';';
  if ((value & colour_kind_mask) == rgb_kind) {
    number((value >> 16) & 0xff);
    bytes_ += between;
    number((value >> 8) & 0xff);
    bytes_ += between;
  }
  number(low);
}

void drawing::use(const pen& look) {
  if (pen_known_ && pen_ == look) return;
  pen_known_ = true;
  pen_ = look;
  raw("\x1b[0");
  for (const auto& [bit, code] : renditions)
    if (look.attributes & bit) {
      bytes_ += ';';
      raw(code);
    }
  if (const auto style = (look.attributes & attribute::underline) >> attribute::underline_shift) {
    bytes_ += ';';
    raw(underlines[style]);
  }
  if (look.front) colours('3', look.front);
  if (look.back) colours('4', look.back);
  if (look.line) colours('5', look.line);
  bytes_ += 'm';
}

void drawing::put(const cell& one, const glyph_table& glyphs) {
  auto look = one.look;
  look.attributes = static_cast<std::uint16_t>(look.attributes & ~attribute::line_drawing);
  use(look);
  if ((one.look.attributes & attribute::line_drawing) && one.shape >= '`' && one.shape <= '~')
    append_utf8(bytes_, line_drawing[one.shape - '`']);
  else
    glyphs.append(bytes_, one.shape);
  x_ += one.width;
  if (one.width != 1 || (one.shape & cluster_flag)) place_known_ = false;
}

void drawing::erase_rest() {
  use({});
  raw("\x1b[K");
}

void drawing::text(std::string_view utf8, const pen& look) {
  use(look);
  raw(utf8);
  place_known_ = false;
}

} // namespace termlease::worker
