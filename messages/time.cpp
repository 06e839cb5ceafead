#include "messages/time.hpp"

#include "messages/failure.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <limits>

namespace termlease::messages {

namespace {

struct unit {
  std::string_view name;
  std::int64_t ms;
};

constexpr std::array<unit, 5> units{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

[[noreturn]] void bad_duration(std::string_view text) {
  throw failed("bad_duration", "'" + std::string(text) + "' is not a length of time",
               "write whole numbers with units, for example 30m, 90s or 1h30m");
}

std::size_t unit_index(std::string_view name) {
  for (std::size_t i = 0; i < units.size(); ++i)
    if (units[i].name == name) return i;
  return units.size();
}

} // namespace

span parse_span(std::string_view text) {
  std::string_view rest = text;
  std::int64_t total = 0;
  std::size_t next_unit = 0;
  if (rest.empty()) bad_duration(text);
  while (!rest.empty()) {
    std::int64_t number = 0;
    const auto [end, problem] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (problem != std::errc{} || number < 0) bad_duration(text);
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    const auto name = rest.substr(0, rest.find_first_not_of("dhms"));
    const auto index = unit_index(name);
    if (index == units.size() || index < next_unit) bad_duration(text);
    if (number > (std::numeric_limits<std::int64_t>::max() - total) / units[index].ms)
      bad_duration(text);
    total += number * units[index].ms;
    next_unit = index + 1;
    rest.remove_prefix(name.size());
  }
  return {total};
}

std::string to_text(span value) {
  if (value.ms <= 0) return "0s";
  std::string text;
  auto left = value.ms;
  for (const auto& [name, ms] : units) {
    if (left < ms) continue;
    text += std::to_string(left / ms) + std::string(name);
    left %= ms;
  }
  return text;
}

instant parse_instant(std::string_view text) {
  std::tm parts{};
  int milliseconds = 0;
  int read = 0;
  const std::string copy(text);
  const int found = std::sscanf(copy.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ%n", &parts.tm_year,
                                &parts.tm_mon, &parts.tm_mday, &parts.tm_hour, &parts.tm_min,
                                &parts.tm_sec, &milliseconds, &read);
  if (found != 7) {
    milliseconds = 0;
    read = 0;
    std::sscanf(copy.c_str(), "%4d-%2d-%2dT%2d:%2d:%2dZ%n", &parts.tm_year, &parts.tm_mon,
                &parts.tm_mday, &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &read);
  }
  if (read == 0 || static_cast<std::size_t>(read) != copy.size())
    throw failed("bad_time", "'" + copy + "' is not a time",
                 "write RFC 3339 in UTC, for example 2026-03-01T12:00:00Z");
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  return {static_cast<std::int64_t>(timegm(&parts)) * 1000 + milliseconds};
}

std::string to_text(instant value) {
  const auto whole = static_cast<std::time_t>(value.ms / 1000);
  std::tm parts{};
  gmtime_r(&whole, &parts);
  std::array<char, 40> text{};
  const auto length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text.data() + length, text.size() - length, ".%03dZ",
                static_cast<int>(value.ms % 1000));
  return text.data();
}

} // namespace termlease::messages
