#pragma once

// Why: the branch that opens, adopts, lists and closes terminals, and brings them back after a
// restart of the runtime, since they live on without it. It knows nothing of leases: whoever holds
// one monitors the terminal's address.

#include "actors/core/environment.hpp"
#include "messages/record.hpp"
#include "messages/terminals.hpp"

#include <caf/all.hpp>

#include <map>
#include <string>
#include <vector>

namespace termlease::actors {

/// The open terminals according to the journal.
class terminal_ledger {
public:
  void apply(const messages::record& record);
  std::vector<messages::terminal_view> open() const;

private:
  std::map<std::string, messages::terminal_view> open_;
};

/// Takes the commands of messages/terminals.hpp, and `find_terminal`.
caf::behavior terminals(caf::event_based_actor* self, shared_environment env,
                        std::vector<messages::terminal_view> known);

} // namespace termlease::actors
