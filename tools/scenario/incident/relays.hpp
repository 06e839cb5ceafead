#pragma once

// Why: a share that lost its relay and went on was helped by one of three: its worker, which found
// it again; the runtime, whose own relay had died; or the runtime, after the worker gave up. A
// scenario has a fault for each.

#include "messages/json.hpp"
#include "messages/record.hpp"

#include <optional>
#include <vector>

namespace termlease::scenario {

class told_relays {
public:
  /// Of no share: whether a relay of the runtime's own died.
  void heard(const messages::record& each);

  /// The steps from which such a record follows, perhaps none; nothing when it is about no relay.
  std::optional<std::vector<messages::json>> before(const messages::record& each);

  /// Under which a share does as this one did.
  messages::json settings() const;

private:
  bool died_ = false;
  bool was_lost_ = false;
  bool found_by_worker_ = true;
};

} // namespace termlease::scenario
