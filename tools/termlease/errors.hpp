#pragma once

// Why: a script looks at the exit code, a person at the sentence. Both come from the one failure,
// here and nowhere else.

#include "messages/failure.hpp"
#include "tools/termlease/output/console.hpp"

namespace termlease::cli {

enum class exit_code : int {
  done = 0,
  failed = 1,
  usage = 2,
  denied = 3,
  no_answer = 4,
  interrupted = 130
};

/// A command line that can't be meant; nothing was asked of anybody.
class usage_error : public messages::failed {
public:
  usage_error(std::string code, std::string message, std::string hint)
      : failed(std::move(code), std::move(message), std::move(hint)) {}

  explicit usage_error(messages::failure why) : failed(std::move(why)) {}
};

/// The exit code for a failure that isn't a usage error.
exit_code exit_code_of(const messages::failure& why);

/// What happened and why, and what to do next: on stderr, or with --json as an object on stdout.
void report(const console& screen, const messages::failure& why);

} // namespace termlease::cli
