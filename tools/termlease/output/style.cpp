#include "tools/termlease/output/style.hpp"

namespace termlease::cli {

namespace {

std::string_view code_of(tone how) {
  switch (how) {
  case tone::plain:
    return "";
  case tone::bold:
    return "1";
  case tone::dim:
    return "2";
  case tone::good:
    return "32";
  case tone::warning:
    return "33";
  case tone::bad:
    return "31";
  case tone::accent:
    return "36";
  }
  return "";
}

} // namespace

bool wants_colour(const colour_wish& wish) {
  return wish.terminal && !wish.forbidden && wish.no_color.empty() && !wish.term.empty() &&
         wish.term != "dumb";
}

std::string style::paint(tone how, std::string_view text) const {
  const auto code = code_of(how);
  if (!on_ || code.empty() || text.empty()) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

} // namespace termlease::cli
