#pragma once

// Why: toml++ destroys nested tables recursively, so a line of 100,000 dots in a key overflows the
// stack of the process that reads it. Depth is therefore limited before toml++ sees a text.
// This and toml_reader are the only places that know toml++.

#include "messages/mistake.hpp"

#include <toml++/toml.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace termlease::config {

inline constexpr std::uint32_t deepest_key = 32;     ///< parts of a dotted key
inline constexpr std::uint32_t deepest_nesting = 32; ///< brackets within brackets

/// Where in a text, from 1.
struct text_place {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

/// The first place where a text is nested deeper than the limits allow.
std::optional<text_place> too_deep(std::string_view text);

/// Parses TOML; on a syntax error adds the mistake to `into` and returns nothing.
std::optional<toml::table> parse_toml(std::string_view text, const std::string& file,
                                      std::vector<messages::file_mistake>& into);

} // namespace termlease::config
