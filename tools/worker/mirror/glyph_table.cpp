#include "tools/worker/mirror/glyph_table.hpp"

#include <clocale>
#include <cwchar>
#include <locale.h>

namespace termlease::worker {

namespace {

// tmux asks the C library too; both then agree on every character that this system knows.
locale_t utf8_locale() {
  static const locale_t found = [] {
    for (const char* name : {"C.UTF-8", "en_US.UTF-8"})
      if (const auto each = newlocale(LC_CTYPE_MASK, name, locale_t{})) return each;
    return locale_t{};
  }();
  return found;
}

std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

} // namespace

std::optional<std::uint32_t> decode_utf8(std::string_view sequence) {
  static constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  static constexpr unsigned char lead_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
  const auto length = sequence.size();
  if (length == 0 || length > 4) return {};
  const auto lead = static_cast<unsigned char>(sequence[0]);
  if (sequence_length(lead) != length) return {};
  std::uint32_t value = lead & lead_bits[length];
  for (const auto each : sequence.substr(1)) {
    const auto byte = static_cast<unsigned char>(each);
    if ((byte & 0xc0) != 0x80) return {};
    value = value << 6 | (byte & 0x3fu);
  }
  if (value < least[length] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return {};
  return value;
}

void append_utf8(std::string& to, std::uint32_t code_point) {
  const auto tail = [&](int shift) {
    to += static_cast<char>(0x80 | ((code_point >> shift) & 0x3f));
  };
  if (code_point < 0x80) {
    to += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    to += static_cast<char>(0xc0 | (code_point >> 6));
    tail(0);
  } else if (code_point < 0x10000) {
    to += static_cast<char>(0xe0 | (code_point >> 12));
    tail(6), tail(0);
  } else {
    to += static_cast<char>(0xf0 | (code_point >> 18));
    tail(12), tail(6), tail(0);
  }
}

int columns_of(std::uint32_t code_point) {
  const auto locale = utf8_locale();
  if (!locale) return 1;
  const auto before = uselocale(locale);
  const int columns = wcwidth(static_cast<wchar_t>(code_point));
  uselocale(before);
  return columns > 2 ? 2 : columns;
}

glyph glyph_table::intern(const std::string& text) {
  if (const auto single = decode_utf8(text)) return *single;
  const auto next = static_cast<glyph>(cluster_flag | texts_.size());
  const auto [found, is_new] = numbers_.emplace(text, next);
  if (is_new) texts_.push_back(text);
  return found->second;
}

void glyph_table::append(std::string& to, glyph shape) const {
  if (shape & cluster_flag)
    to += texts_[shape & ~cluster_flag];
  else
    append_utf8(to, shape);
}

} // namespace termlease::worker
