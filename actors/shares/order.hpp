#pragma once

// Why: everything that a share session needs is known when it is born, whether it was just asked
// for or comes back after a restart.

#include "actors/core/environment.hpp"
#include "messages/identity.hpp"
#include "messages/shares.hpp"
#include "messages/terminals.hpp"

#include <caf/all.hpp>

#include <array>
#include <string>
#include <vector>

namespace termlease::actors {

/// One share as it was asked for.
struct share_order {
  messages::share_view view;
  std::vector<std::string> keys; ///< OpenSSH public key lines
  messages::span ttl;
  messages::span warn;
  messages::span wait; ///< how long the requester waits for an answer
  messages::caller from;
  messages::terminal_view terminal;
  caf::actor terminal_address; ///< ends when the terminal does
  bool resumed = false;        ///< waits for an approval since before the runtime was restarted
};

/// The folder that a share's worker works in, and the one that its next worker does, in turns.
std::array<std::string, 2> folders_of(const environment& env, const std::string& share_id);

/// For a share that is asked for now; the request was checked.
share_order order_of(const environment& env, const messages::caller& from,
                     const messages::start_share& wanted, const messages::terminal_view& terminal,
                     const caf::actor& address);

/// For one that waits for an approval since before a restart.
share_order resumed_order(const messages::share_requested& known,
                          const messages::terminal_view& terminal, const caf::actor& address);

} // namespace termlease::actors
