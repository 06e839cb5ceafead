#pragma once

// Why: a command that can't be done is answered, not crashed on. Whatever a handler throws as
// `failed` becomes the command's answer; anything else is a bug, and the supervisor's.

#include "messages/answer.hpp"
#include "messages/failure.hpp"

#include <caf/all.hpp>

#include <string>

namespace termlease::actors {

/// Most bytes of the reason that somebody gives for a request or a refusal.
inline constexpr std::size_t longest_reason = 1024;

/// What people say is kept in the record, and a record is bounded. Throws `failed` (`bad_reason`).
inline void check_reason(const std::string& reason) {
  if (reason.size() > longest_reason)
    throw messages::failed("bad_reason",
                           "a reason has at most " + std::to_string(longest_reason) + " bytes",
                           "say it shorter");
}

template <class Handler> caf::result<messages::answer> answered(Handler handle) {
  try {
    return handle();
  } catch (const messages::failed& why) {
    return messages::answer_with(why.why());
  }
}

} // namespace termlease::actors
