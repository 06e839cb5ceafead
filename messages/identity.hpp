#pragma once

// Why: who asks is known, never claimed. The gateway fixes the identity of a connection once, from
// the socket's peer uid or from a token, and stamps it on every command that the connection sends.

#include "messages/json.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace termlease::messages {

/// `runtime` is the runtime itself: a TTL clock that warns, a policy that decides, a restart.
enum class identity_kind { operator_, human, agent, runtime };

constexpr auto names_of(identity_kind) {
  using enum identity_kind;
  return std::array<name_entry<identity_kind>, 4>{
      {{operator_, "operator"}, {human, "human"}, {agent, "agent"}, {runtime, "runtime"}}};
}

struct identity {
  identity_kind kind = identity_kind::runtime;
  std::string name; ///< the operator's user name, or the token's name
  auto operator<=>(const identity&) const = default;

  static constexpr auto describe() {
    return described("identity", "who asks", field("kind", &identity::kind),
                     field("id", &identity::name));
  }
};

/// As policies and views write it: "operator", "human:NAME", "agent:NAME", "runtime".
inline std::string to_text(const identity& who) {
  const std::string kind(name_of(who.kind));
  const bool named = who.kind == identity_kind::human || who.kind == identity_kind::agent;
  return named ? kind + ":" + who.name : kind;
}

/// Reads `to_text` back; a name that is not understood is the runtime, which may ask for nothing.
inline identity identity_from(const std::string& text) {
  const auto colon = text.find(':');
  const auto kind = value_named<identity_kind>(text.substr(0, colon));
  return {kind.value_or(identity_kind::runtime),
          colon == std::string::npos ? std::string{} : text.substr(colon + 1)};
}

/// What every command carries along: who asks, on which connection, and what it belongs to.
struct caller {
  identity who;
  std::uint64_t connection = 0;
  std::string command_id;     ///< the causation id of whatever follows
  std::string correlation_id; ///< given by the client, or made for this command
  std::string workspace_id;
  std::string lane_id;
  std::string session_id;

  static constexpr auto describe() {
    return described("caller", "who asks, and what the command belongs to",
                     field("who", &caller::who), field("connection", &caller::connection),
                     field("command_id", &caller::command_id),
                     field("correlation_id", &caller::correlation_id),
                     field("workspace_id", &caller::workspace_id),
                     field("lane_id", &caller::lane_id), field("session_id", &caller::session_id));
  }
};

} // namespace termlease::messages
