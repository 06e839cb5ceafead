#pragma once

// Why: a command is answered by whichever actor it is for, and the answer goes to a client as JSON.
// One type for all of them lets the router pass it on without knowing what was asked.

#include "messages/json.hpp"

#include <string>

namespace termlease::messages {

/// A result, or why there is none.
struct answer {
  raw_json result;
  failure error;

  static constexpr auto describe() {
    return described("answer", "a result, or why there is none", field("result", &answer::result),
                     field("error", &answer::error));
  }
};

template <is_described T> answer answer_with(const T& result) {
  return {{encode(result).dump(-1, ' ', false, json::error_handler_t::replace)}, {}};
}

inline answer answer_with(failure why) {
  return {{}, std::move(why)};
}

} // namespace termlease::messages
