#pragma once

// Why: the branch that knows every share: it checks a request before anything is asked or started,
// keeps the limits, finds shares by their ids, and lets nobody touch another's. What a share does
// is its session's business.

#include "actors/core/environment.hpp"
#include "actors/shares/share_table.hpp"
#include "messages/record.hpp"
#include "messages/shares.hpp"

#include <caf/all.hpp>

#include <map>
#include <string>
#include <vector>

namespace termlease::actors {

/// The shares that are not over, and the last of those that are, according to the journal.
class share_ledger {
public:
  void apply(const messages::record& record);

  /// Each with its request, and with the view as it was last recorded.
  const std::map<std::string, messages::share_requested>& open() const { return open_; }

  const ended_shares& over() const { return over_; }

private:
  std::map<std::string, messages::share_requested> open_;
  ended_shares over_;
};

/// Takes the commands of messages/shares.hpp; `client_gone` and `approval_outcome`; and
/// `close_down` (answered with `answer` once every share has ended).
/// `runtime_is_new`: no worker of a share that `known` calls open can be there any more.
caf::behavior shares(caf::event_based_actor* self, shared_environment env, share_ledger known,
                     bool runtime_is_new);

} // namespace termlease::actors
