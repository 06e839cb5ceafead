#include "tools/trace/export/texts.hpp"

#include <algorithm>
#include <bit>

namespace termlease::trace {

using nlohmann::json;

namespace {

/// Takes the first character off a text that is valid UTF-8.
char32_t take_first(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  const auto size = std::min<std::size_t>(
      text.size(), first < 0x80 ? 1U : static_cast<unsigned>(std::countl_one(first)));
  char32_t code = size == 1 ? first : first & (0x7fU >> size);
  for (std::size_t at = 1; at < size; ++at)
    code = code << 6U | (static_cast<unsigned char>(text[at]) & 0x3fU);
  text.remove_prefix(size);
  return code;
}

bool is_plain(char32_t code) {
  return (code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z') ||
         (code >= 'a' && code <= 'z');
}

} // namespace

std::string line_of(const json& value) {
  return value.dump(-1, ' ', true, json::error_handler_t::replace);
}

std::string valid(std::string_view text) {
  const bool is_ascii = std::ranges::all_of(text, [](char each) { return (each & 0x80) == 0; });
  if (is_ascii) return std::string(text);
  return json::parse(line_of(json(text))).get<std::string>();
}

std::string spelled(std::string_view text, std::string_view marks,
                    const std::function<std::string(char32_t)>& other) {
  const auto whole = valid(text);
  std::string_view left = whole;
  std::string made;
  while (!left.empty()) {
    const auto code = take_first(left);
    if (is_plain(code) || (code < 0x80 && marks.find(static_cast<char>(code)) != marks.npos))
      made += static_cast<char>(code);
    else
      made += other(code);
  }
  return made;
}

std::int64_t last_time(const log& from) {
  std::int64_t last = 0;
  for (const auto& each : from.steps) last = std::max({last, each.began, each.ended});
  return last;
}

std::int64_t end_of(const step& each, std::int64_t last) {
  return std::max(each.began, each.ended == 0 ? last : each.ended);
}

std::size_t earlier(const log& from, const step& than, std::uint64_t id) {
  return id < than.id ? from.find(id) : log::none;
}

} // namespace termlease::trace
