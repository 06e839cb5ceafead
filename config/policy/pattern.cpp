#include "config/policy/pattern.hpp"

#include "config/nearest.hpp"

#include <array>

namespace termlease::config {

using messages::identity;
using messages::identity_kind;

namespace {

constexpr std::array<std::string_view, 3> person_kinds{"operator", "human", "agent"};

/// Length of the UTF-8 character at the beginning; 1 for a stray byte.
std::size_t character_length(std::string_view text) {
  std::size_t length = 1;
  while (length < text.size() && length < 4 &&
         (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80)
    ++length;
  return static_cast<unsigned char>(text[0]) < 0x80 ? 1 : length;
}

} // namespace

bool matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  // After a mismatch the latest star takes one character more; earlier ones never need to.
  std::size_t star = std::string_view::npos;
  std::size_t star_end = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_end = t;
    } else if (p < pattern.size() && pattern[p] == '?') {
      t += character_length(text.substr(t));
      ++p;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      star_end += character_length(text.substr(star_end));
      t = star_end;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::string pattern_problem(std::string_view pattern) {
  if (pattern.empty()) return "the pattern is empty";
  const auto strange = pattern.find_first_of("[]{}\\!^$|()");
  if (strange == std::string_view::npos) return {};
  return "'" + std::string(pattern) + "' contains '" + pattern[strange] +
         "'; patterns know only * (any characters) and ? (one character)";
}

bool means(std::string_view pattern, const identity& who) {
  if (who.kind == identity_kind::runtime) return false;
  if (pattern == "*") return true;
  const auto colon = pattern.find(':');
  if (pattern.substr(0, colon) != name_of(who.kind)) return false;
  if (colon == std::string_view::npos) return who.kind == identity_kind::operator_;
  return !who.name.empty() && matches(pattern.substr(colon + 1), who.name);
}

std::string person_pattern_problem(std::string_view pattern) {
  if (pattern == "*" || pattern == "operator") return {};
  const auto colon = pattern.find(':');
  const auto kind = pattern.substr(0, colon);
  const std::string quoted = "'" + std::string(pattern) + "'";
  if (kind == "operator")
    return quoted + ": there is one operator, written \"operator\" without a name";
  const auto meant = nearest(kind, person_kinds);
  if (kind != "human" && kind != "agent")
    return quoted + " is nobody: " + (meant.empty() ? "" : "did you mean '" + meant + "'? ") +
           "Write " + "\"operator\", \"human:NAME\", \"agent:NAME\", \"*\"";
  if (colon == std::string_view::npos || colon + 1 == pattern.size())
    return quoted + " needs a name: \"" + std::string(kind) + ":NAME\", or \"" + std::string(kind) +
           ":*\" for all";
  return pattern_problem(pattern.substr(colon + 1));
}

bool means_one_person(std::string_view pattern) {
  return pattern.find_first_of("*?") == std::string_view::npos;
}

} // namespace termlease::config
