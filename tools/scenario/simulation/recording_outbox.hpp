#pragma once

// Why: what the router has for its clients, kept as the clients would read it, so that a test can
// look at every byte that leaves.

#include "bus/router/outbox.hpp"
#include "messages/envelope.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace termlease::scenario {

class recording_outbox final : public bus::outbox {
public:
  struct client {
    std::vector<messages::envelope> responses;
    std::vector<messages::envelope> events;
    std::vector<bus::shared_bytes> event_bytes;
    std::size_t wants_drained = 0; ///< how often the router asked to be told
    bool closed = false;
  };

  void respond(std::uint64_t connection, bus::shared_bytes line) override {
    bytes += *line;
    clients[connection].responses.push_back(envelope_of(*line));
  }

  void notify(std::uint64_t connection, bus::shared_bytes line, std::uint64_t) override {
    bytes += *line;
    clients[connection].events.push_back(envelope_of(*line));
    clients[connection].event_bytes.push_back(line);
  }

  void tell_when_drained(std::uint64_t connection) override { ++clients[connection].wants_drained; }

  void close(std::uint64_t connection) override { clients[connection].closed = true; }

  /// The response to the command `id`, or null while there is none.
  const messages::envelope* response_to(const std::string& id) const {
    for (const auto& [number, each] : clients)
      for (const auto& response : each.responses)
        if (response.causation_id == id) return &response;
    return nullptr;
  }

  std::map<std::uint64_t, client> clients;
  std::string bytes; ///< all that was written to anybody

private:
  static messages::envelope envelope_of(const std::string& line) {
    return messages::decoded<messages::envelope>(messages::json::parse(line));
  }
};

} // namespace termlease::scenario
