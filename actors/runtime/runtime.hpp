#pragma once

// Why: here the parts meet: the edges of the real world, the bus, and the tree of actors. Nothing
// is decided here; it is the place to read when asking what a runtime consists of.

#include "config/paths.hpp"
#include "config/settings.hpp"

#include <functional>
#include <memory>
#include <string>

namespace termlease::actors {

struct runtime_options {
  std::string version;
  config::settings settings;
  config::paths paths;
  std::string worker_program;                  ///< path of termlease-worker
  std::string guest_program;                   ///< path of termlease-guest
  std::string operator_name;                   ///< of the uid that owns the runtime
  std::uint64_t seed = 0;                      ///< of ids and jitter
  std::function<void(const std::string&)> log; ///< from any thread; never a secret
};

class runtime {
public:
  /// Folders, journal, tree and socket: up when this returns. Throws `failed`: already_running,
  /// unsafe_folder, journal_*, socket_*.
  explicit runtime(runtime_options options);
  ~runtime();
  runtime(const runtime&) = delete;
  runtime& operator=(const runtime&) = delete;

  /// Waits for SIGTERM, SIGINT or `runtime.stop`, ends every share, and returns the exit status.
  int run();

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace termlease::actors
