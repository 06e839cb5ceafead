#pragma once

// Why: states and kinds are enums in code and words on the wire. The words are listed beside the
// enum, once, by `constexpr auto names_of(E)`; everything that reads or prints them looks there.

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace termlease::messages {

template <class E> using name_entry = std::pair<E, std::string_view>;

template <class E>
concept is_named = requires(E value) {
  names_of(value).size();
};

template <is_named E> constexpr std::string_view name_of(E value) {
  for (const auto& [each, name] : names_of(value))
    if (each == value) return name;
  return "unknown";
}

template <is_named E> constexpr std::optional<E> value_named(std::string_view text) {
  for (const auto& [each, name] : names_of(E{}))
    if (name == text) return each;
  return std::nullopt;
}

} // namespace termlease::messages
