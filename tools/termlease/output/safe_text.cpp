#include "tools/termlease/output/safe_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cwchar>
#include <locale.h>

namespace termlease::cli {

namespace {

struct range {
  char32_t first;
  char32_t last;
};

/// C0, DEL and C1; Arabic letter mark; zero-width and direction marks; line and paragraph
/// separators; direction overrides and isolates; invisible operators; byte order mark; interlinear
/// marks; tags.
constexpr std::array<range, 9> unsafe{{{0x00, 0x1f},
                                       {0x7f, 0x9f},
                                       {0x61c, 0x61c},
                                       {0x200b, 0x200f},
                                       {0x2028, 0x202e},
                                       {0x2060, 0x206f},
                                       {0xfeff, 0xfeff},
                                       {0xfff9, 0xfffb},
                                       {0xe0000, 0xe007f}}};

bool is_unsafe(char32_t code) {
  return std::ranges::any_of(unsafe,
                             [&](range each) { return code >= each.first && code <= each.last; });
}

std::size_t length_of(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  if (lead >= 0xf0 && lead < 0xf5) return 4;
  return 0;
}

bool is_scalar(char32_t code, std::size_t length) {
  constexpr std::array<char32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
  return code >= smallest[length] && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
}

std::string escaped(const character& what) {
  if (what.code == '\n') return "\\n";
  if (what.code == '\r') return "\\r";
  if (what.code == '\t') return "\\t";
  std::array<char, 16> text{};
  const char* form = what.code < 0x100 ? "\\x%02x" : "\\u{%x}";
  std::snprintf(text.data(), text.size(), form, static_cast<unsigned>(what.code));
  return text.data();
}

/// wcwidth(3) knows Unicode only in a UTF-8 locale, whatever the operator's own is.
class utf8_widths {
public:
  utf8_widths() : before_(uselocale(locale())) {}

  ~utf8_widths() { uselocale(before_); }

  utf8_widths(const utf8_widths&) = delete;
  utf8_widths& operator=(const utf8_widths&) = delete;

  std::size_t of(char32_t code) const {
    const int columns = ::wcwidth(static_cast<wchar_t>(code));
    return columns < 0 ? 1 : static_cast<std::size_t>(columns);
  }

private:
  static locale_t locale() {
    static const locale_t made = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return made;
  }

  locale_t before_;
};

} // namespace

character first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const auto length = length_of(lead);
  const character invalid{lead, text.substr(0, 1), false};
  if (length == 0 || length > text.size()) return invalid;
  char32_t code = length == 1 ? lead : lead & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0U) != 0x80U) return invalid;
    code = (code << 6U) | (next & 0x3fU);
  }
  return is_scalar(code, length) ? character{code, text.substr(0, length), true} : invalid;
}

std::string safe(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const auto next = first_character(text);
    if (next.valid && !is_unsafe(next.code))
      result += next.bytes;
    else
      result += escaped(next);
    text.remove_prefix(next.bytes.size());
  }
  return result;
}

std::size_t width_of(std::string_view text) {
  if (std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; })) return text.size();
  const utf8_widths widths;
  std::size_t columns = 0;
  while (!text.empty()) {
    const auto next = first_character(text);
    columns += next.valid ? widths.of(next.code) : 1;
    text.remove_prefix(next.bytes.size());
  }
  return columns;
}

} // namespace termlease::cli
