#pragma once

// Why: the list of what can be asked is one table, made from the descriptions of the commands. The
// router looks up where a command goes and how to read it; introspection prints the same table.

#include "messages/answer.hpp"
#include "messages/identity.hpp"

#include <caf/message.hpp>

#include <string_view>
#include <typeinfo>
#include <vector>

namespace termlease::bus {

/// The branch of the actor tree that answers.
enum class branch { bus, terminals, shares, approvals, policy, tokens, journal, runtime };

/// Who may ask at all; what may then happen is decided by the policy gate or by the branch.
enum class audience { everyone, operator_only };

struct method {
  std::string_view name;
  std::string_view doc;
  branch target;
  audience who;
  /// Reads a payload into a message of (caller, command); throws `failed` (`bad_payload`, …).
  caf::message (*decode)(const messages::caller&, messages::json payload);
  messages::json (*fields)();              ///< names and default values, for introspection
  const std::type_info* command = nullptr; ///< null of an alias
};

/// Every method, by name in order; aliases of the wider runtime's names included.
const std::vector<method>& methods();

/// The method of that name, or null.
const method* find_method(std::string_view name);

/// Everything that can be asked and heard, for `bus.describe`.
messages::json introspection();

} // namespace termlease::bus
