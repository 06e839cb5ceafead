#include "bus/trace/traceparent.hpp"

#include "bus/identity/sodium.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace termlease::trace {

namespace {

constexpr std::size_t trace_begins = 3;
constexpr std::size_t trace_digits = 32;
constexpr std::size_t span_begins = trace_begins + trace_digits + 1;
constexpr std::size_t span_digits = 16;
constexpr std::size_t whole = 55;

bool are_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char each) {
    return (each >= '0' && each <= '9') || (each >= 'a' && each <= 'f');
  });
}

bool all_zero(std::string_view text) {
  return text.find_first_not_of('0') == std::string_view::npos;
}

/// Of another version only what this one knows is read, as the standard wants it.
bool is_traceparent(std::string_view text) {
  if (text.size() < whole || (text.size() > whole && text[whole] != '-')) return false;
  if (text[2] != '-' || text[span_begins - 1] != '-' || text[span_begins + span_digits] != '-')
    return false;
  const auto version = text.substr(0, 2);
  const auto trace = text.substr(trace_begins, trace_digits);
  const auto span = text.substr(span_begins, span_digits);
  if (version == "ff" || (version == "00" && text.size() != whole)) return false;
  return are_digits(version) && are_digits(trace) && !all_zero(trace) && are_digits(span) &&
         !all_zero(span) && are_digits(text.substr(whole - 2, 2));
}

} // namespace

std::string trace_id_of(std::string_view correlation) {
  std::string digits;
  digits.reserve(correlation.size());
  for (const char each : correlation)
    if (each != '-') digits += each;
  if (digits.size() == trace_digits && are_digits(digits) && !all_zero(digits)) return digits;
  bus::require_sodium();
  std::array<unsigned char, trace_digits / 2> hash{};
  crypto_generichash(hash.data(), hash.size(),
                     reinterpret_cast<const unsigned char*>(correlation.data()), correlation.size(),
                     nullptr, 0);
  std::array<char, trace_digits + 1> text{};
  sodium_bin2hex(text.data(), text.size(), hash.data(), hash.size());
  return text.data();
}

std::string span_id_of(std::uint64_t span) {
  std::array<char, span_digits + 1> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(span));
  return text.data();
}

std::uint64_t span_in(std::string_view digits) {
  if (digits.size() != span_digits || !are_digits(digits)) return 0;
  std::uint64_t span = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), span, 16);
  return span;
}

/// Made for each answer and event, so without detours.
std::string traceparent_of(std::string_view correlation, std::uint64_t span) {
  if (correlation.empty() || span == 0) return {};
  std::string text = "00-";
  text.reserve(whole);
  text += trace_id_of(correlation);
  text += '-';
  for (int bits = 60; bits >= 0; bits -= 4) text += "0123456789abcdef"[span >> bits & 0xfU];
  text += "-01";
  return text;
}

std::uint64_t parent_in(std::string_view traceparent) {
  return is_traceparent(traceparent) ? span_in(traceparent.substr(span_begins, span_digits)) : 0;
}

std::string correlation_in(std::string_view traceparent) {
  if (!is_traceparent(traceparent)) return {};
  std::string id(traceparent.substr(trace_begins, trace_digits));
  for (const std::size_t place : {20U, 16U, 12U, 8U}) id.insert(place, 1, '-');
  return id;
}

} // namespace termlease::trace
