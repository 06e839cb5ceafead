#include "tools/termlease/output/times.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>

namespace termlease::cli {

namespace {

struct unit {
  const char* name;
  std::int64_t ms;
};

constexpr std::array<unit, 4> units{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}}};

std::tm local_parts(messages::instant at) {
  const auto whole = static_cast<std::time_t>(at.ms / 1000);
  std::tm parts{};
  localtime_r(&whole, &parts);
  return parts;
}

bool same_day(messages::instant one, messages::instant other) {
  const auto left = local_parts(one);
  const auto right = local_parts(other);
  return left.tm_year == right.tm_year && left.tm_yday == right.tm_yday;
}

std::string told_as(messages::instant at, const char* form) {
  const auto parts = local_parts(at);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), form, &parts);
  return text.data();
}

} // namespace

messages::instant now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

std::string short_span(messages::span length) {
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (length.ms < units[i].ms) continue;
    auto text = std::to_string(length.ms / units[i].ms) + units[i].name;
    if (i + 1 == units.size()) return text;
    const auto smaller = length.ms % units[i].ms / units[i + 1].ms;
    if (smaller > 0) text += " " + std::to_string(smaller) + units[i + 1].name;
    return text;
  }
  return "0s";
}

std::string time_left(messages::instant until, messages::instant seen_from) {
  constexpr std::int64_t second = 1000;
  return short_span({(until - seen_from).ms + second - 1});
}

std::string relative(messages::instant at, messages::instant seen_from) {
  if (!at) return {};
  const auto distance = at - seen_from;
  if (distance.ms > -1000 && distance.ms < 1000) return "now";
  return distance.ms > 0 ? "in " + time_left(at, seen_from) : short_span({-distance.ms}) + " ago";
}

std::string local_time(messages::instant at, messages::instant seen_from) {
  return at ? told_as(at, same_day(at, seen_from) ? "%H:%M:%S" : "%Y-%m-%d %H:%M") : std::string{};
}

std::string exact_local_time(messages::instant at, messages::instant seen_from) {
  if (!at) return {};
  std::array<char, 8> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03d", static_cast<int>(at.ms % 1000));
  return told_as(at, same_day(at, seen_from) ? "%H:%M:%S" : "%Y-%m-%d %H:%M:%S") + fraction.data();
}

} // namespace termlease::cli
