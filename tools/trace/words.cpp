#include "tools/trace/words.hpp"

#include "messages/time.hpp"

#include <array>
#include <cstdio>

namespace termlease::trace {

namespace {

constexpr std::int64_t us = 1'000;
constexpr std::int64_t ms = 1'000'000;
constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t minute = 60 * second;

std::string with_unit(std::int64_t value, std::int64_t unit, const char* name) {
  std::array<char, 32> text{};
  if (value < 10 * unit && unit > 1)
    std::snprintf(text.data(), text.size(), "%.1f %s",
                  static_cast<double>(value) / static_cast<double>(unit), name);
  else
    std::snprintf(text.data(), text.size(), "%lld %s", static_cast<long long>(value / unit), name);
  return text.data();
}

} // namespace

std::string_view word_of(step_kind kind) {
  switch (kind) {
  case step_kind::birth:
    return "birth";
  case step_kind::death:
    return "death";
  case step_kind::dead_letter:
    return "dead letter";
  default:
    return "turn";
  }
}

std::string_view word_of(step_outcome outcome) {
  switch (outcome) {
  case step_outcome::running:
    return "running";
  case step_outcome::crashed:
    return "crashed";
  case step_outcome::put_back:
    return "put back";
  default:
    return "done";
  }
}

std::string_view message_of(const log& from, const step& each) {
  if (each.what.kind == step_kind::birth) return "(begins)";
  if (each.what.kind == step_kind::death) return "(ends)";
  const auto text = from.text(each.what.label);
  return text.empty() ? "(unknown)" : text;
}

std::string_view actor_of(const log& from, const step& each) {
  const auto text = from.text(each.actor);
  return text.empty() ? "(unknown)" : text;
}

std::string length_of(std::int64_t nanoseconds) {
  if (nanoseconds < us) return with_unit(nanoseconds, 1, "ns");
  if (nanoseconds < ms) return with_unit(nanoseconds, us, "us");
  if (nanoseconds < second) return with_unit(nanoseconds, ms, "ms");
  if (nanoseconds < minute) return with_unit(nanoseconds, second, "s");
  return messages::to_text(messages::span{nanoseconds / second * 1000});
}

std::int64_t unix_ns(const log& from, std::int64_t clock) {
  return from.about.wall_ms * ms + (clock - from.about.clock_ns);
}

std::string exact_time(const log& from, std::int64_t clock) {
  const auto at = unix_ns(from, clock);
  // "2026-03-01T12:00:00.123Z": the milliseconds are replaced by what is finer.
  auto text = messages::to_text(messages::instant{at / ms});
  std::array<char, 16> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%09lldZ",
                static_cast<long long>(((at % second) + second) % second));
  return text.substr(0, text.find_first_of(".Z")) + fraction.data();
}

} // namespace termlease::trace
