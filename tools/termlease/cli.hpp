#pragma once

// Why: the program is a function of its arguments and its streams, so that a test runs it like a
// user does.

#include <ostream>
#include <string>
#include <vector>

namespace termlease::cli {

/// Where a run prints, and whether that is a terminal.
struct streams {
  std::ostream& out;
  std::ostream& err;
  bool out_terminal = false;
  bool err_terminal = false;
};

/// Runs one command line, without the program's name; returns the exit code. Never throws.
int run(const std::vector<std::string>& arguments, const streams& to);

} // namespace termlease::cli
