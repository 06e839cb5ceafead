#include "tools/termlease/output/table.hpp"

#include "tools/termlease/output/safe_text.hpp"

#include <algorithm>

namespace termlease::cli {

namespace {

constexpr std::size_t gutter = 2;

std::string spaces(std::size_t count) {
  return std::string(count, ' ');
}

} // namespace

cell::cell(std::string_view raw, tone tone_of_it, convert) : text(safe(raw)), how(tone_of_it) {}

void table::print(std::ostream& out, const style& colours) const {
  std::vector<std::size_t> shown;
  std::vector<std::size_t> widths;
  for (std::size_t column = 0; column < headings_.size(); ++column) {
    std::size_t widest = 0;
    for (const auto& row : rows_) widest = std::max(widest, width_of(row[column].text));
    widths.push_back(std::max(widest, width_of(headings_[column])));
    if (widest > 0) shown.push_back(column);
  }
  const auto line = [&](auto&& text_at, auto&& tone_at) {
    std::string pending;
    for (const auto column : shown) {
      const std::string& text = text_at(column);
      out << pending << colours.paint(tone_at(column), text);
      pending = spaces(widths[column] - width_of(text) + gutter);
    }
    out << '\n';
  };
  line([&](std::size_t column) -> const std::string& { return headings_[column]; },
       [](std::size_t) { return tone::dim; });
  for (const auto& row : rows_)
    line([&](std::size_t column) -> const std::string& { return row[column].text; },
         [&](std::size_t column) { return row[column].how; });
}

void print_fields(std::ostream& out, const style& colours,
                  const std::vector<std::pair<std::string, cell>>& fields) {
  std::size_t widest = 0;
  for (const auto& [name, value] : fields)
    if (!value.text.empty()) widest = std::max(widest, width_of(name));
  for (const auto& [name, value] : fields) {
    if (value.text.empty()) continue;
    out << colours.paint(tone::dim, name) << spaces(widest - width_of(name) + gutter)
        << colours.paint(value.how, value.text) << '\n';
  }
}

} // namespace termlease::cli
