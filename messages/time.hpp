#pragma once

// Why: a lease ends at a wall-clock time that people read, so time on the wire is RFC 3339 in UTC,
// and a length of time is written as people write it ("30m", "1h30m"). Both are plain integers of
// milliseconds inside, which makes them exact and the same in virtual time.

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace termlease::messages {

/// A length of time. Never negative on the wire.
struct span {
  std::int64_t ms = 0;
  auto operator<=>(const span&) const = default;

  constexpr std::chrono::milliseconds chrono() const { return std::chrono::milliseconds{ms}; }
};

constexpr span seconds(std::int64_t n) {
  return {n * 1000};
}

constexpr span minutes(std::int64_t n) {
  return seconds(n * 60);
}

constexpr span hours(std::int64_t n) {
  return minutes(n * 60);
}

/// A point in wall-clock time: milliseconds since 1970 in UTC; 0 means "not set".
struct instant {
  std::int64_t ms = 0;
  auto operator<=>(const instant&) const = default;

  explicit operator bool() const { return ms != 0; }
};

constexpr instant operator+(instant at, span by) {
  return {at.ms + by.ms};
}

constexpr instant operator-(instant at, span by) {
  return {at.ms - by.ms};
}

constexpr span operator-(instant later, instant earlier) {
  return {later.ms - earlier.ms};
}

template <class Inspector> auto inspect(Inspector& inspector, span& value) {
  return inspector(value.ms);
}

template <class Inspector> auto inspect(Inspector& inspector, instant& value) {
  return inspector(value.ms);
}

/// "90s", "30m", "1h30m", "250ms", "2d": whole numbers with units, largest first, as Go writes
/// them. Throws `failed` (code `bad_duration`) for anything else, also for a bare number or an
/// overflow.
span parse_span(std::string_view text);

/// The shortest form that `parse_span` reads back: "1h30m", "45s", "0s".
std::string to_text(span value);

/// RFC 3339 in UTC with milliseconds: "2026-03-01T12:00:00.000Z". Throws `failed` (`bad_time`).
instant parse_instant(std::string_view text);
std::string to_text(instant value);

} // namespace termlease::messages
