#pragma once

// Why: the router decides who gets what; the bytes leave on the gateway's thread. An event is
// serialized once, and its bytes are shared by everybody who gets it.

#include <cstdint>
#include <memory>
#include <string>

namespace termlease::bus {

using shared_bytes = std::shared_ptr<const std::string>;

/// Where the router puts what is for clients. Its calls return at once, from any thread; a
/// connection that is gone swallows them.
class outbox {
public:
  virtual ~outbox() = default;

  /// A response: never dropped; a client that lets too many pile up is disconnected.
  virtual void respond(std::uint64_t connection, shared_bytes line) = 0;

  /// An event: dropped when the client is too slow, and then announced as `bus.gap`.
  virtual void notify(std::uint64_t connection, shared_bytes line, std::uint64_t sequence) = 0;

  /// Sends `client_drained` to the router once all that is queued so far is written.
  virtual void tell_when_drained(std::uint64_t connection) = 0;

  /// Closes the connection after what is queued is written.
  virtual void close(std::uint64_t connection) = 0;
};

} // namespace termlease::bus
