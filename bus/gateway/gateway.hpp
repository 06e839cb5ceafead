#pragma once

// Why: clients are hostile until shown otherwise. The gateway is where bytes become envelopes: it
// checks who is at the other end of the socket, bounds what a client may send and what it may leave
// unread, and lets nothing through that is not a well-formed command. It runs on the one Asio
// thread of the runtime; the router never waits for a socket.

#include "bus/router/outbox.hpp"

#include <boost/asio/io_context.hpp>
#include <caf/actor.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace termlease::bus {

struct gateway_options {
  std::string socket_path; ///< in a 0700 folder; a stale socket there is replaced
  std::size_t max_clients = 200;
  std::size_t max_line = 1 << 20;      ///< bytes of one envelope
  std::size_t subscriber_queue = 4096; ///< events that wait for one client
  std::size_t response_queue = 1024;   ///< responses that wait; above it the client is dropped
  std::string operator_name;           ///< of the uid that owns the runtime
};

/// Listens when constructed; throws `failed` (`socket_in_use`, `socket_unavailable`).
/// Its thread is whoever runs `io`; `clients()` may be called from any.
class gateway {
public:
  gateway(boost::asio::io_context& io, caf::actor router, gateway_options options);
  ~gateway();

  /// What the router writes to. Outlives the gateway safely.
  std::shared_ptr<outbox> clients() const;
  std::size_t client_count() const;

  /// No new clients, and those there are disconnected once what is queued is written.
  void shut();

private:
  class listener;
  std::shared_ptr<listener> listener_;
};

} // namespace termlease::bus
