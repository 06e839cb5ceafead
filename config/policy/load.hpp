#pragma once

// Why: a policy with a mistake in it is not a policy. It is read whole or not at all, and then
// every mistake is told, each with its line, so that one look into the editor is enough.

#include "config/policy/rules.hpp"
#include "config/text_file.hpp"
#include "messages/mistake.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace termlease::config {

inline constexpr std::size_t most_rules = 2000;
inline constexpr std::uint32_t largest_quorum = 100;
inline constexpr messages::span longest_deadline = messages::hours(24 * 7);
inline constexpr messages::span longest_rule_ttl = messages::hours(24 * 30);

/// Rules, or all the mistakes of their file. The rules are empty while there are mistakes.
struct loaded_policy {
  rule_set set;
  bool missing = false; ///< there is no such file; then it is a mistake, too
  std::vector<messages::file_mistake> mistakes;
};

/// Reads rules from TOML; `file` is what complaints call it.
loaded_policy parse_policy(std::string_view text, const std::string& file);

/// Reads rules from a file that was read already.
loaded_policy policy_from(const text_file& content, const std::string& file);

/// Reads a policy file. Never throws for the file's sake.
loaded_policy load_policy(const std::filesystem::path& file);

/// The policy that `termlease policy init` writes: commented, and a good one to begin with.
std::string_view starter_policy();

} // namespace termlease::config
