#pragma once

// Why: an approval is a durable question. The branch keeps the open ones, asks the stages of a
// chain one after the other, counts votes, and lets silence deny. It knows nothing of shares:
// whoever asked gets the outcome.

#include "actors/core/environment.hpp"
#include "messages/approvals.hpp"
#include "messages/record.hpp"

#include <caf/all.hpp>

#include <map>
#include <string>

namespace termlease::actors {

/// The pending approvals according to the journal.
class approval_ledger {
public:
  void apply(const messages::record& record);

  const std::map<std::string, messages::approval_view>& pending() const { return pending_; }

private:
  std::map<std::string, messages::approval_view> pending_;
};

/// Takes the commands of messages/approvals.hpp, and from shares `open_approval`,
/// `await_approval` and `withdraw_approvals`.
caf::behavior approvals(caf::event_based_actor* self, shared_environment env,
                        approval_ledger known);

} // namespace termlease::actors
