#pragma once

// Why: an approval is a durable question. The branch keeps the open ones, asks the stages of a
// chain one after the other, counts votes, and lets silence deny. It knows nothing of shares:
// whoever asked gets the outcome.

#include "actors/core/environment.hpp"
#include "actors/core/recent.hpp"
#include "messages/approvals.hpp"
#include "messages/record.hpp"

#include <caf/all.hpp>

#include <map>
#include <string>

namespace termlease::actors {

inline constexpr std::size_t approvals_kept_when_resolved = 200;
using resolved_approvals = recent<messages::approval_view, approvals_kept_when_resolved>;

/// The pending approvals, and the last of the others, according to the journal.
class approval_ledger {
public:
  void apply(const messages::record& record);

  const std::map<std::string, messages::approval_view>& pending() const { return pending_; }

  const resolved_approvals& resolved() const { return resolved_; }

private:
  std::map<std::string, messages::approval_view> pending_;
  resolved_approvals resolved_;
};

/// Takes the commands of messages/approvals.hpp, and from shares `open_approval`,
/// `await_approval` and `withdraw_approvals`.
caf::behavior approvals(caf::event_based_actor* self, shared_environment env,
                        approval_ledger known);

} // namespace termlease::actors
