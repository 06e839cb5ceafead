#pragma once

// Why: what a step learns, a later one needs: the id of a share, the question that was asked. What
// was kept under a name is the JSON that the bus gave, and "$NAME.FIELD" reads from it.

#include "messages/json.hpp"

#include <map>
#include <string>

namespace termlease::scenario {

class names {
public:
  void keep(const std::string& name, messages::json what) { kept_[name] = std::move(what); }

  const messages::json& at(const std::string& name) const;

  /// The id of the share that a step is about, by its "of"; empty when it names none.
  std::string share_of(const messages::json& words) const;

  /// `words` with each "$NAME.FIELD" replaced; "$$" is a "$". Throws `failed` (`unknown_name`).
  messages::json filled_in(const messages::json& words) const;

private:
  messages::json value_of(const std::string& reference) const;

  std::map<std::string, messages::json> kept_;
};

/// True when `whole` contains `part`: objects by their keys, lists element by element, strings that
/// begin and end with "*" as a part of a string, everything else as it is.
bool contains(const messages::json& whole, const messages::json& part);

} // namespace termlease::scenario
