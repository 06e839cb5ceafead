#pragma once

// Why: between fork and exec only the simplest system calls are allowed. They are all here, in one
// short function that can be read to the end.

#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace termlease::actors {

/// A started program: its pid, and our ends of its pipes (CLOEXEC, non-blocking), owned by whoever
/// gets it.
struct launched {
  pid_t pid = -1;
  int pidfd = -1;
  int input = -1;
  int output = -1;
  int errors = -1;
};

/// Starts argv[0] (an absolute path) with a session of its own, default signals, SIGKILL at the
/// death of the calling thread, no open file but its three pipes, and nothing of TERMLEASE_*,
/// TMUX*, ZELLIJ* or STY in its environment but what is in `more` ("NAME=value"), as a member of
/// `cgroup` (a folder; empty: that of this process).
/// Throws `failed` (`program_missing`, `spawn_failed`).
launched launch(const std::vector<std::string>& argv, const std::string& working_directory,
                const std::vector<std::string>& more = {},
                const std::filesystem::path& cgroup = {});

} // namespace termlease::actors
