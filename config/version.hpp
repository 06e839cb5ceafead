#pragma once

// Why: the runtime and `termlease doctor` must agree on what is recent enough, and programs write
// their versions in many ways.

#include <string>
#include <string_view>

namespace termlease::config {

/// The oldest releases that work.
inline constexpr std::string_view oldest_upterm = "0.20";
inline constexpr std::string_view oldest_tmux = "3.2";
inline constexpr std::string_view oldest_zellij = "0.45.1";

/// The first "1.2" or "1.2.3" in a text; empty when there is none.
std::string version_in(std::string_view text);

/// Whether version `found` is at least `oldest`, compared number by number.
bool is_recent_enough(std::string_view found, std::string_view oldest);

} // namespace termlease::config
