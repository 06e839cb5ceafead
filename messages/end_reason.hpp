#pragma once

// Why: why a share ended is said to the operator, to its guests and in the journal, by the runtime
// or, where that is gone, by the worker. The words are here, so that all of them say the same.

#include "messages/names.hpp"

#include <array>
#include <string>

namespace termlease::messages {

enum class end_reason {
  none,
  expired,
  revoked,
  stopped,
  superseded,
  terminal_closed,
  worker_failed,
  relay_lost,
  nobody_joined,
  runtime_restarted
};

constexpr auto names_of(end_reason) {
  using enum end_reason;
  return std::array<name_entry<end_reason>, 10>{{{none, ""},
                                                 {expired, "expired"},
                                                 {revoked, "revoked"},
                                                 {stopped, "stopped"},
                                                 {superseded, "superseded"},
                                                 {terminal_closed, "terminal_closed"},
                                                 {worker_failed, "worker_failed"},
                                                 {relay_lost, "relay_lost"},
                                                 {nobody_joined, "nobody_joined"},
                                                 {runtime_restarted, "runtime_restarted"}}};
}

/// The last line that a guest sees.
inline std::string farewell(end_reason why, const std::string& detail) {
  auto text = "This share has ended: " + std::string(name_of(why));
  if (!detail.empty()) text += " (" + detail + ")";
  return text + ".";
}

} // namespace termlease::messages
