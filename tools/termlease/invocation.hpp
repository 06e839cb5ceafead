#pragma once

// Why: parsing a command line and doing what it says are two steps, so that a mistake anywhere on
// the line is told before anything was done. Parsing leaves one action here; then it runs.

#include "bus/client/client.hpp"
#include "config/paths.hpp"
#include "config/settings.hpp"
#include "tools/termlease/errors.hpp"
#include "tools/termlease/output/console.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace termlease::cli {

struct global_options {
  bool json = false;
  bool quiet = false;
  bool no_start = false;
  bool no_color = false;
};

/// One run of the program.
struct invocation {
  explicit invocation(console& to) : screen(to) {}

  console& screen;
  global_options options;
  std::vector<std::string> rest;     ///< what follows "--"
  std::function<exit_code()> action; ///< set by the command that was parsed

  /// A connection to the runtime, which is started when it isn't there and that isn't forbidden.
  /// It speaks for whoever TERMLEASE_TOKEN names.
  bus::client connect() const;

  /// A connection to a runtime that runs already.
  bus::client connect_only() const;
};

/// An environment variable; empty when it isn't set.
std::string variable(const char* name);

/// The settings; throws `failed` (`bad_settings`) with every mistake of their file.
config::settings current_settings(const config::paths& where);

} // namespace termlease::cli
