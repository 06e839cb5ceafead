#pragma once

// Why: an error is part of the interface. One shape travels from wherever it happens to the person
// who reads it, so that a code in a script, a sentence on a screen and a record in the journal are
// the same error.

#include "messages/describe.hpp"

#include <stdexcept>
#include <string>

namespace termlease::messages {

struct failure_details {
  std::string hint; ///< what to do next; may be empty

  static constexpr auto describe() {
    return described("failure_details", "what else is known of a failure",
                     field("hint", &failure_details::hint));
  }
};

/// What happened, why, and what to do next.
/// `code` is stable (`snake_case`, never reworded); an empty code means "no failure".
struct failure {
  std::string code;
  std::string message; ///< what happened and why, one sentence
  failure_details details;
  bool retryable = false;

  explicit operator bool() const { return !code.empty(); }

  static constexpr auto describe() {
    return described("failure", "what happened, why, and what to do next",
                     field("code", &failure::code), field("message", &failure::message),
                     field("details", &failure::details), field("retryable", &failure::retryable));
  }
};

/// Carries a failure through code that can't go on; caught at the edge of the room that threw it.
class failed : public std::runtime_error {
public:
  explicit failed(failure why) : std::runtime_error(why.message), why_(std::move(why)) {}

  failed(std::string code, std::string message, std::string hint = {})
      : failed(failure{std::move(code), std::move(message), {std::move(hint)}}) {}

  const failure& why() const { return why_; }

private:
  failure why_;
};

} // namespace termlease::messages
