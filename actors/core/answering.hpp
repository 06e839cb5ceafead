#pragma once

// Why: a command that can't be done is answered, not crashed on. Whatever a handler throws as
// `failed` becomes the command's answer; anything else is a bug, and the supervisor's.

#include "messages/answer.hpp"
#include "messages/failure.hpp"

#include <caf/all.hpp>

namespace termlease::actors {

template <class Handler> caf::result<messages::answer> answered(Handler handle) {
  try {
    return handle();
  } catch (const messages::failed& why) {
    return messages::answer_with(why.why());
  }
}

} // namespace termlease::actors
