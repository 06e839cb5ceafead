#pragma once

// Why: a scenario says what is different from an ordinary day, and nothing else: a policy, some
// settings, terminals, people. Whatever it leaves out is as a new user would find it. What is wrong
// with it is known before anything is played.

#include "config/settings.hpp"
#include "messages/identity.hpp"
#include "messages/json.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace termlease::scenario {

/// Something in a setting that can't be used.
struct setting_mistake {
  std::string at; ///< JSON pointer from the setting on: "/settings/shares.max_ttl"
  std::string what;
  std::string hint;
};

/// All that can't be used in a setting whose keys hold what they should. `file` is the scenario's:
/// a policy file is looked for beside it.
std::vector<setting_mistake> mistakes_in(const messages::json& setting, const std::string& file);

/// The text of the policy that a setting asks for, which has no mistakes. `file` as above.
/// Throws `failed` (`policy_missing`) when its file is gone.
std::string policy_of(const messages::json& setting, const std::string& file);

/// The text of a policy file. Throws `failed` (`policy_missing`; `bad_policy` for one with a
/// mistake).
std::string policy_of_file(const std::filesystem::path& path);

/// Settings that have no mistakes, with the defaults of those that are left out.
config::settings settings_of(const messages::json& setting);

std::vector<std::string> terminals_of(const messages::json& setting);

/// By the name that the steps use; the operator is among them.
std::map<std::string, messages::identity> people_of(const messages::json& setting);

} // namespace termlease::scenario
