#include "config/version.hpp"

#include <algorithm>
#include <charconv>

namespace termlease::config {

namespace {

constexpr std::string_view digits = "0123456789";

} // namespace

std::string version_in(std::string_view text) {
  for (auto at = text.find_first_of(digits); at != std::string_view::npos;
       at = text.find_first_of(digits, at + 1)) {
    const auto end = std::min(text.find_first_not_of("0123456789.", at), text.size());
    auto version = text.substr(at, end - at);
    while (version.ends_with('.')) version.remove_suffix(1);
    if (version.find('.') != std::string_view::npos) return std::string(version);
    at = end - 1;
  }
  return {};
}

bool is_recent_enough(std::string_view found, std::string_view oldest) {
  const auto next_number = [](std::string_view& rest) {
    int number = 0;
    const auto [end, problem] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    rest.remove_prefix(std::min(static_cast<std::size_t>(end - rest.data()) + 1, rest.size()));
    return number;
  };
  while (!oldest.empty()) {
    const int have = next_number(found);
    const int need = next_number(oldest);
    if (have != need) return have > need;
  }
  return true;
}

} // namespace termlease::config
