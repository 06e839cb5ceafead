#pragma once

// Why: a step may need what an earlier one kept, and a person that the setting names. Whether that
// can be there at all is seen by reading the steps in order, before anything is played.

#include "tools/scenario/script/values.hpp"

#include <functional>
#include <set>
#include <string>

namespace termlease::scenario {

class references {
public:
  /// Told each name that can't be there: its JSON pointer, what is wrong, a hint.
  using complaint = std::function<void(const std::string& at, const objection& why)>;

  references(const messages::json& setting, complaint complain);

  /// Looks at one step, whose own word is `what`, and takes note of what it keeps.
  void read_step(const std::string& at, const messages::json& one, const std::string& what);

  /// Properties may name whatever any step has kept.
  void read_property(const std::string& at, const messages::json& one) { look(at, one); }

private:
  void look(const std::string& at, const messages::json& value);
  void check_kept(const std::string& at, const std::string& name) const;

  complaint complain_;
  std::set<std::string> people_;
  std::set<std::string> kept_;
};

} // namespace termlease::scenario
