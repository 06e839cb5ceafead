#pragma once

// Why: Ctrl-C on a request must leave nothing half-started, at whichever moment it comes. Until
// something was asked for, leaving at once is right; from then on, the request has to be taken
// back.

#include "tools/termlease/local/descriptor.hpp"

#include <chrono>
#include <string_view>

namespace termlease::cli {

/// From now until a `signal_watch` takes over, an interruption ends the program at once with code
/// 130 and this line on stderr. `line` lives as long as the program.
void leave_when_interrupted(std::string_view line);

/// Turns SIGINT, SIGTERM and SIGHUP into something that a poll loop sees; they stay held back until
/// `release`. For a program with one thread so far.
class signal_watch {
public:
  signal_watch();

  /// Readable once an interruption came.
  int readable() const { return descriptor_.get(); }

  /// Waits so long for one; whether one came.
  bool wait(std::chrono::milliseconds patience) const;

  /// Whether one came; takes it.
  bool take() const;

  /// From now on an interruption simply ends the program.
  void release() const;

private:
  descriptor descriptor_;
};

} // namespace termlease::cli
