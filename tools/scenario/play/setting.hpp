#pragma once

// Why: a scenario says what is different from an ordinary day, and nothing else: a policy, some
// settings, terminals, people. Whatever it leaves out is as a new user would find it.

#include "messages/identity.hpp"
#include "messages/json.hpp"
#include "tools/scenario/simulation/machine.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace termlease::scenario {

/// Puts the scenario's policy and settings on a machine. `policy` is the text of a policy to use
/// instead of the scenario's, where it isn't empty; files are looked for beside `file`.
/// Throws `failed` (`bad_setting`, `policy_missing`) for what can't be used; a policy
/// with a mistake is used as it is, and denies.
void furnish(machine& on, const messages::json& setting, const std::string& policy,
             const std::string& file);

/// The text of a policy file. Throws `failed` (`policy_missing`).
std::string policy_of_file(const std::filesystem::path& path);

std::vector<std::string> terminals_of(const messages::json& setting);

/// By the name that the steps use; the operator is among them.
std::map<std::string, messages::identity> people_of(const messages::json& setting);

} // namespace termlease::scenario
