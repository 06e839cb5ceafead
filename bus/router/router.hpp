#pragma once

// Why: between clients and actors there is one place that knows both. Commands go to the branch
// that answers them, with the identity of their connection; durable records become events for
// whoever subscribed. A subscription is a position in the journal: what is behind it is read from
// there, what is ahead arrives live, so a replay has no seam and needs no buffer.

#include "bus/methods.hpp"
#include "bus/router/outbox.hpp"
#include "messages/connections.hpp"
#include "messages/journal.hpp"

#include <caf/all.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace termlease::bus {

/// Longest id that a client may give, in bytes.
inline constexpr std::size_t longest_id = 128;

struct router_options {
  std::map<branch, caf::actor> branches;
  std::shared_ptr<outbox> clients;
  std::function<std::string()> next_id; ///< for envelopes and correlations
  std::function<messages::instant()> now;
  std::uint64_t last_sequence = 0;
  std::uint32_t replay_chunk = 500; ///< records read at once for one subscriber
};

/// Takes `client_*` from the gateway and `publish` from the journal.
caf::behavior router(caf::event_based_actor* self, router_options options);

} // namespace termlease::bus
