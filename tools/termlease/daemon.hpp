#pragma once

// Why: the runtime and the CLI are one program, so that a command can start the very runtime that
// it was built with, wherever both are installed. The CLI knows this one function of it.

namespace termlease::cli {

struct daemon_options {
  /// Where the outcome of the start is told, and closed then; -1: nobody waits.
  /// One line: "ready", or the failure as JSON, {"code":…,"message":…,"details":{"hint":…}}.
  /// Code `already_running` says that another runtime holds the socket.
  int ready_fd = -1;
};

/// Runs the runtime until it is told to stop (SIGTERM, SIGINT or `runtime.stop`).
/// Returns the program's exit code; a failed start has been told on stderr and on `ready_fd`.
int run_daemon(const daemon_options& options);

} // namespace termlease::cli
