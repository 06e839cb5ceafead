#pragma once

// Why: the wire is JSON, and hostile. Decoding follows the description to the letter: an unknown
// key, a wrong type and an unknown word are each an error that names the key. A missing key keeps
// the member's default, so messages can grow.

#include "messages/describe.hpp"
#include "messages/failure.hpp"
#include "messages/names.hpp"
#include "messages/time.hpp"

#include <nlohmann/json.hpp>

#include <limits>
#include <string>
#include <vector>

namespace termlease::messages {

using json = nlohmann::json;

/// Deeper nesting than this is refused: a writer of JSON walks it by recursion.
inline constexpr std::size_t max_json_depth = 32;

/// Parses a text from outside. Throws `failed` (`bad_json`) for what is no JSON, or too deep.
json parse_json(std::string_view text);

/// JSON that is passed on unread: kept as text so that it crosses actors as one string.
/// Empty text stands for an empty object.
struct raw_json {
  std::string text;
  auto operator<=>(const raw_json&) const = default;
};

template <class Inspector> auto inspect(Inspector& inspector, raw_json& value) {
  return inspector(value.text);
}

/// A link or a token. Absent from its JSON object when empty, so that a view that was not asked for
/// secrets has no such key; a label or a log line shows that it is there, never what it is.
struct secret {
  std::string text;
  auto operator<=>(const secret&) const = default;
};

template <class Inspector> auto inspect(Inspector& inspector, secret& value) {
  return inspector(value.text);
}

inline std::string to_string(const secret& value) {
  return value.text.empty() ? "(none)" : "(secret)";
}

namespace detail {

[[noreturn]] inline void wrong(const std::string& path, const std::string& what) {
  throw failed("bad_payload", "'" + path + "' " + what, "see `termlease methods` for the payload");
}

} // namespace detail

inline json encode(const std::string& value) {
  return value;
}

inline json encode(bool value) {
  return value;
}

template <std::integral N>

requires(!std::same_as<N, bool>) json encode(N value) {
  return value;
}

/// Absent when negative: a length that was not given, so that the other side's default holds.
inline json encode(span value) {
  return value.ms < 0 ? json(json::value_t::discarded) : json(to_text(value));
}

inline json encode(instant value) {
  return value ? json(to_text(value)) : json(nullptr);
}

inline json encode(const raw_json& value) {
  return value.text.empty() ? json::object() : json::parse(value.text);
}

inline json encode(const secret& value) {
  return value.text.empty() ? json(json::value_t::discarded) : json(value.text);
}

template <is_named E> json encode(E value) {
  return std::string(name_of(value));
}

template <is_described T> json encode(const T& value);

template <class T> json encode(const std::vector<T>& values) {
  json array = json::array();
  for (const auto& each : values) array.push_back(encode(each));
  return array;
}

template <is_described T> json encode(const T& value) {
  json object = json::object();
  for_each_field(value, [&](std::string_view name, const auto& member) {
    if (auto value_of_member = encode(member); !value_of_member.is_discarded())
      object[std::string(name)] = std::move(value_of_member);
  });
  return object;
}

/// Absent where nothing failed.
inline json encode(const failure& value) {
  return value ? encode<failure>(value) : json(json::value_t::discarded);
}

inline void decode(const json& from, std::string& into, const std::string& path) {
  if (!from.is_string()) detail::wrong(path, "must be a string");
  into = from.get<std::string>();
}

inline void decode(const json& from, bool& into, const std::string& path) {
  if (!from.is_boolean()) detail::wrong(path, "must be true or false");
  into = from.get<bool>();
}

template <std::integral N>

requires(!std::same_as<N, bool>) void decode(const json& from, N& into, const std::string& path) {
  if (!from.is_number_integer()) detail::wrong(path, "must be a whole number");
  const bool fits = from.is_number_unsigned() ? std::in_range<N>(from.get<std::uint64_t>())
                                              : std::in_range<N>(from.get<std::int64_t>());
  if (!fits) detail::wrong(path, "is out of range");
  into = from.get<N>();
}

inline void decode(const json& from, span& into, const std::string& path) {
  if (!from.is_string()) detail::wrong(path, "must be a length of time such as \"30m\"");
  into = parse_span(from.get_ref<const std::string&>());
}

inline void decode(const json& from, instant& into, const std::string& path) {
  if (from.is_null()) {
    into = {};
    return;
  }
  if (!from.is_string()) detail::wrong(path, "must be an RFC 3339 time");
  into = parse_instant(from.get_ref<const std::string&>());
}

inline void decode(const json& from, secret& into, const std::string& path) {
  decode(from, into.text, path);
}

inline void decode(const json& from, raw_json& into, const std::string& path) {
  if (!from.is_object()) detail::wrong(path, "must be an object");
  into.text = from.dump();
}

template <is_named E> void decode(const json& from, E& into, const std::string& path) {
  const auto found =
      from.is_string() ? value_named<E>(from.get_ref<const std::string&>()) : std::nullopt;
  if (!found) {
    std::string words;
    for (const auto& [each, name] : names_of(E{}))
      words += (words.empty() ? "" : ", ") + std::string(name);
    detail::wrong(path, "must be one of: " + words);
  }
  into = *found;
}

template <is_described T> void decode(const json& from, T& into, const std::string& path);

template <class T> void decode(const json& from, std::vector<T>& into, const std::string& path) {
  if (!from.is_array()) detail::wrong(path, "must be a list");
  into.clear();
  for (const auto& each : from) {
    T value{};
    decode(each, value, path + "[" + std::to_string(into.size()) + "]");
    into.push_back(std::move(value));
  }
}

template <is_described T> void decode(const json& from, T& into, const std::string& path) {
  if (!from.is_object()) detail::wrong(path.empty() ? "payload" : path, "must be an object");
  std::size_t known = 0;
  for_each_field(into, [&](std::string_view name, auto& member) {
    const auto found = from.find(name);
    if (found == from.end()) return;
    ++known;
    decode(*found, member, path.empty() ? std::string(name) : path + "." + std::string(name));
  });
  if (known == from.size()) return;
  for (const auto& entry : from.items()) {
    const std::string& key = entry.key();
    bool expected = false;
    for_each_field(into, [&](std::string_view name, auto&) { expected |= name == key; });
    if (!expected) detail::wrong(path.empty() ? key : path + "." + key, "is not known here");
  }
}

/// Decodes a whole message; throws `failed` (`bad_payload`, `bad_duration`, `bad_time`).
template <is_described T> T decoded(const json& from) {
  T value{};
  decode(from, value, {});
  return value;
}

} // namespace termlease::messages
