#pragma once

// Why: the branch that opens, adopts, lists and closes terminals, and brings them back after a
// restart of the runtime, since they live on without it. It knows nothing of leases: whoever holds
// one monitors the terminal's address.

#include "actors/core/environment.hpp"
#include "actors/core/recent.hpp"
#include "messages/record.hpp"
#include "messages/terminals.hpp"

#include <caf/all.hpp>

#include <map>
#include <string>
#include <vector>

namespace termlease::actors {

inline constexpr std::size_t terminals_kept_when_closed = 200;
using closed_terminals = recent<messages::terminal_view, terminals_kept_when_closed>;

/// The open terminals, and the last of those that were closed, according to the journal.
class terminal_ledger {
public:
  void apply(const messages::record& record);

  const std::map<std::string, messages::terminal_view>& open() const { return open_; }

  const closed_terminals& closed() const { return closed_; }

private:
  std::map<std::string, messages::terminal_view> open_;
  closed_terminals closed_;
};

/// Takes the commands of messages/terminals.hpp, and `find_terminal`.
caf::behavior terminals(caf::event_based_actor* self, shared_environment env,
                        terminal_ledger known);

} // namespace termlease::actors
