#pragma once

// Why: each action leaves a record with who, what, why and what caused it. A record is drafted from
// the event itself, so the journal, the bus and the audit can't say different things.

#include "actors/core/environment.hpp"
#include "messages/journal.hpp"

#include <chrono>
#include <string>

namespace termlease::actors {

/// How long a decision waits for its record. A journal that crashed answers nobody.
inline constexpr std::chrono::seconds record_patience{10};

/// What an action belongs to; carried along by whoever acts.
struct action_context {
  messages::identity actor = {messages::identity_kind::runtime, "runtime"};
  std::string action; ///< the method that began it, "share.start"
  std::string target;
  std::string lane_id;
  std::string workspace_id;
  std::string session_id;
  std::string terminal_id;
  std::string share_id;
  std::string correlation_id;
  std::string causation_id;
};

inline action_context context_of(const messages::caller& from, std::string action) {
  action_context context;
  context.actor = from.who;
  context.action = std::move(action);
  context.workspace_id = from.workspace_id;
  context.lane_id = from.lane_id;
  context.session_id = from.session_id;
  context.correlation_id = from.correlation_id;
  context.causation_id = from.command_id;
  return context;
}

template <messages::is_described Event>
messages::record draft(const environment& env, const action_context& about, const Event& event,
                       std::string result = "ok") {
  messages::record record;
  record.id = env.next_id();
  record.event_type = Event::describe().name;
  record.actor = about.actor;
  record.action = about.action.empty() ? record.event_type : about.action;
  record.target = about.target;
  record.result = std::move(result);
  record.timestamp = env.now();
  record.workspace_id = about.workspace_id;
  record.lane_id = about.lane_id;
  record.session_id = about.session_id;
  record.terminal_id = about.terminal_id;
  record.share_id = about.share_id;
  record.correlation_id = about.correlation_id;
  record.causation_id = about.causation_id;
  record.metadata.text = messages::encode(event).dump();
  return record;
}

} // namespace termlease::actors
