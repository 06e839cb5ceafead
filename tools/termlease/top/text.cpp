#include "tools/termlease/top/text.hpp"

#include "tools/termlease/output/safe_text.hpp"
#include "tools/termlease/output/times.hpp"
#include "tools/termlease/output/views.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <numeric>
#include <ranges>

namespace termlease::cli::top {

namespace {

constexpr std::size_t gutter = 1;
constexpr std::size_t between_parts = 2;

std::string blanks(std::size_t count) {
  return std::string(count, ' ');
}

/// How many bytes of `text` fit; at least one character.
std::size_t fitting(std::string_view text, std::size_t width) {
  std::size_t columns = 0;
  std::size_t bytes = 0;
  while (bytes < text.size()) {
    const auto next = first_character(text.substr(bytes)).bytes;
    columns += width_of(next);
    if (columns > width && bytes > 0) break;
    bytes += next.size();
  }
  return bytes;
}

} // namespace

std::string text_of(const line& of) {
  std::string all;
  for (const auto& each : of.pieces) all += each.text;
  return all;
}

std::string cut(std::string_view text, std::size_t width) {
  if (width_of(text) <= width) return std::string(text);
  if (width < 2) return std::string(width, '~');
  auto kept = std::string(text.substr(0, fitting(text, width - 1)));
  if (width_of(kept) > width - 1) kept.clear(); // a wide character in front
  return kept + "~";
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  while (!text.empty() && width > 0) {
    auto end = fitting(text, width);
    auto next = end;
    if (end < text.size()) {
      const auto blank = text.rfind(' ', end);
      if (blank != std::string_view::npos && blank > 0) {
        end = blank;
        next = blank + 1;
      }
    }
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(next);
  }
  return lines;
}

std::string left(std::string_view text, std::size_t width) {
  auto kept = cut(text, width);
  kept += blanks(width - width_of(kept));
  return kept;
}

std::string right(std::string_view text, std::size_t width) {
  auto kept = cut(text, width);
  return blanks(width - width_of(kept)) + kept;
}

line joined(const std::vector<piece>& parts, std::size_t width) {
  line made;
  std::size_t taken = 0;
  for (const auto& each : parts) {
    if (each.text.empty()) continue;
    const auto before = made.pieces.empty() ? 0 : between_parts;
    if (taken + before + width_of(each.text) > width) continue;
    taken += before + width_of(each.text);
    if (before > 0) made.pieces.push_back({blanks(before)});
    made.pieces.push_back(each);
  }
  return made;
}

std::vector<std::size_t> fitted(const std::vector<column>& columns, std::size_t width,
                                std::size_t least) {
  std::vector<std::size_t> widths(columns.size(), 0);
  std::vector<std::size_t> by_rank(columns.size());
  std::iota(by_rank.begin(), by_rank.end(), std::size_t{0});
  std::ranges::sort(by_rank, {}, [&](std::size_t at) { return columns[at].rank; });
  std::size_t taken = 0;
  for (const auto at : by_rank | std::views::drop(1)) {
    const auto wanted = columns[at].width + gutter;
    if (taken + wanted + least > width) break;
    taken += wanted;
    widths[at] = columns[at].width;
  }
  const auto& main = columns[by_rank.front()];
  widths[by_rank.front()] = std::min(width - taken, std::max(least, main.width));
  return widths;
}

line lined_up(const std::vector<column>& columns, const std::vector<std::size_t>& widths,
              const std::vector<piece>& parts) {
  line made;
  for (std::size_t at = 0; at < columns.size(); ++at) {
    if (widths[at] == 0) continue;
    if (!made.pieces.empty()) made.pieces.push_back({blanks(gutter)});
    const auto& [text, how] = parts[at];
    made.pieces.push_back(
        {columns[at].is_number ? right(text, widths[at]) : left(text, widths[at]), how});
  }
  return made;
}

line headings(const std::vector<column>& columns, const std::vector<std::size_t>& widths) {
  std::vector<piece> parts;
  for (const auto& each : columns) parts.push_back({each.heading, tone::bold});
  return lined_up(columns, widths, parts);
}

std::string counted(std::uint64_t count, const std::string& what) {
  return count_text(count) + " " + what + (count == 1 ? "" : "s");
}

std::string count_text(std::uint64_t count) {
  constexpr std::uint64_t thousand = 1000;
  if (count < 100 * thousand) return std::to_string(count);
  if (count < 10 * thousand * thousand) return std::to_string(count / thousand) + "k";
  if (count < 10 * thousand * thousand * thousand)
    return std::to_string(count / thousand / thousand) + "M";
  return ">9G";
}

std::string rate_text(std::optional<double> rate) {
  if (!rate) return "-";
  if (*rate <= 0) return "0";
  if (*rate < 0.05) return "<0.1";
  if (*rate >= 9.95) return count_text(static_cast<std::uint64_t>(*rate + 0.5));
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%.1f", *rate);
  return text.data();
}

std::string busy_text(messages::span busy) {
  if (busy <= messages::span{}) return {};
  return busy < messages::seconds(1) ? std::to_string(busy.ms) + "ms" : short_span(busy);
}

} // namespace termlease::cli::top
