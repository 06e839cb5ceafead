#pragma once

// Why: what the journal has as sentences, a script needs as names, and what it has as text may look
// like a name.

#include <string>
#include <string_view>

namespace termlease::scenario {

/// How the detail of a worker ends that was given up.
inline constexpr std::string_view no_link = "gave no link in time";

/// As a scenario writes a text that may begin with "$".
inline std::string plain(const std::string& text) {
  return (text.starts_with('$') ? "$" : "") + text;
}

/// "revoked by human:ann: too long" names human:ann.
inline std::string who_did(const std::string& detail) {
  const auto by = detail.find(" by ");
  if (by == detail.npos) return "operator";
  const auto name = detail.substr(by + 4);
  const auto kind = name.find(':');
  if (!name.starts_with("human:") && !name.starts_with("agent:")) return name.substr(0, kind);
  return name.substr(0, name.find(':', kind + 1));
}

} // namespace termlease::scenario
