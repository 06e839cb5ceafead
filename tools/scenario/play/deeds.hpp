#pragma once

// Why: what somebody asked for and got is on the record, and the record says that it was this
// command that caused it. A journal that is silent about an action looks like one in which nothing
// happened, so what is asked for is kept in mind, and looked for at the end.

#include "tools/scenario/simulation/world.hpp"

#include <optional>
#include <string>
#include <vector>

namespace termlease::scenario {

class deeds {
public:
  void add(const std::string& method, const asked& command) { all_.push_back({method, command}); }

  /// What was not on the disk is gone with the runtime; nobody can tell any more.
  void forget() { all_.clear(); }

  /// The first that went well and left no record, in words; nothing when there is none.
  std::optional<std::string> unrecorded(const std::vector<messages::record>& records) const;

private:
  struct deed {
    std::string method;
    asked command;
  };

  std::vector<deed> all_;
};

} // namespace termlease::scenario
