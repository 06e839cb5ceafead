#pragma once

// Why: everything on the bus travels in one envelope, whatever it says. The fields that clients of
// the wider runtime already use keep their names. Bodies stay text: an event is serialized once,
// and fanned out as it is.

#include "messages/identity.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace termlease::messages {

enum class envelope_type { command, response, event };

constexpr auto names_of(envelope_type) {
  using enum envelope_type;
  return std::array<name_entry<envelope_type>, 3>{
      {{command, "command"}, {response, "response"}, {event, "event"}}};
}

struct envelope {
  std::string id;
  envelope_type type = envelope_type::command;
  instant ts;
  std::string workspace_id;
  std::string lane_id;
  std::string session_id;
  std::string terminal_id;
  std::string share_id;
  std::string handoff_id;
  identity actor;
  std::string method; ///< of a command, and of the response to it
  std::string topic;  ///< of an event
  raw_json payload;   ///< of a command or an event
  std::string status; ///< of a response: "ok" or "error"
  raw_json result;    ///< of a response with status ok
  failure error;      ///< of a response with status error
  std::string correlation_id;
  std::string causation_id;
  std::string traceparent;    ///< W3C Trace Context: a command's in, a step's that led to this out
  std::uint64_t sequence = 0; ///< of a durable event: its place in the journal

  static constexpr auto describe() {
    return described(
        "envelope", "what everything on the bus travels in", field("id", &envelope::id),
        field("type", &envelope::type), field("ts", &envelope::ts),
        field("workspace_id", &envelope::workspace_id), field("lane_id", &envelope::lane_id),
        field("session_id", &envelope::session_id), field("terminal_id", &envelope::terminal_id),
        field("share_id", &envelope::share_id), field("handoff_id", &envelope::handoff_id),
        field("actor", &envelope::actor), field("method", &envelope::method),
        field("topic", &envelope::topic), field("payload", &envelope::payload),
        field("status", &envelope::status), field("result", &envelope::result),
        field("error", &envelope::error), field("correlation_id", &envelope::correlation_id),
        field("causation_id", &envelope::causation_id),
        field("traceparent", &envelope::traceparent), field("sequence", &envelope::sequence));
  }
};

/// Asks for events. Without `from`: the current state first, as `terminal.snapshot`,
/// `share.snapshot` and `approval.snapshot` where `topics` want them, then changes. With `from`:
/// the journal from that sequence on, then changes without a seam.
struct subscribe {
  std::vector<std::string> topics; ///< patterns: "*" is one token, ">" the rest; empty: ">"
  std::uint64_t from = 0;
  std::string share_id;    ///< only events of this share
  std::string terminal_id; ///< only events of this terminal
  bool state = true;       ///< the current state first

  static constexpr auto describe() {
    return messages::command(
        "bus.subscribe", "asks for events", field("topics", &subscribe::topics),
        field("from", &subscribe::from), field("share_id", &subscribe::share_id),
        field("terminal_id", &subscribe::terminal_id), field("state", &subscribe::state));
  }
};

struct unsubscribe {
  static constexpr auto describe() {
    return messages::command("bus.unsubscribe", "no more events on this connection");
  }
};

/// Result: every method and topic with its fields, from the descriptions.
struct introspect {
  static constexpr auto describe() {
    return messages::command("bus.describe", "every method and topic with its fields");
  }
};

/// A slow subscriber missed these; `bus.subscribe` with `from` brings them.
struct gap {
  std::uint64_t from = 0;
  std::uint64_t to = 0;

  static constexpr auto describe() {
    return event("bus.gap", "a slow subscriber missed these sequences", field("from", &gap::from),
                 field("to", &gap::to));
  }
};

} // namespace termlease::messages
