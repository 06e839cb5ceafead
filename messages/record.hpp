#pragma once

// Why: every action leaves one record, and the record is what audit, replay and restart read. Its
// names on the wire are those that audit clients of the wider runtime already know, hence camelCase
// here and nowhere else. What follows the journal gets exactly this, under `audit.recorded`.

#include "messages/identity.hpp"

#include <cstdint>
#include <string>

namespace termlease::messages {

/// One line of the journal. Never holds a link, a key ticket or a token.
struct record {
  std::string id;         ///< UUIDv7
  std::string event_type; ///< the topic of what happened
  identity actor;         ///< who did it
  std::string action;     ///< "share.start", …
  std::string target;     ///< what it was done to: an id
  std::string result;     ///< "ok", "denied" or "error"
  instant timestamp;
  std::string workspace_id;
  std::string lane_id;
  std::string session_id;
  std::string terminal_id;
  std::string share_id;
  std::string correlation_id;
  std::string causation_id;
  raw_json metadata;          ///< the event's own fields
  std::uint64_t sequence = 0; ///< given by the journal: contiguous from 1

  static constexpr auto describe() {
    return event(
        "audit.recorded", "what happened, as the journal keeps it", field("id", &record::id),
        field("eventType", &record::event_type), field("actor", &record::actor),
        field("action", &record::action), field("target", &record::target),
        field("result", &record::result), field("timestamp", &record::timestamp),
        field("workspaceId", &record::workspace_id), field("laneId", &record::lane_id),
        field("sessionId", &record::session_id), field("terminalId", &record::terminal_id),
        field("shareId", &record::share_id), field("correlationId", &record::correlation_id),
        field("causationId", &record::causation_id), field("metadata", &record::metadata),
        field("sequence", &record::sequence));
  }
};

} // namespace termlease::messages
