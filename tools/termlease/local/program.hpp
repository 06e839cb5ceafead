#pragma once

// Why: the CLI asks tmux where it is and programs for their versions. No shell is between: what a
// user named a session never becomes a command.

#include <chrono>
#include <string>
#include <vector>

namespace termlease::cli {

struct program_answer {
  int status = 0;     ///< exit code, or 128 + signal; 127 when it could not be run
  std::string output; ///< stdout, and stderr when wished for
};

enum class listen_to { output, output_and_errors };

/// Runs `argv` (argv[0] is looked for in PATH) with nothing as its stdin, for at most `deadline`;
/// then it is killed, with status 124. At most 64 KiB of output are kept.
program_answer ask_program(const std::vector<std::string>& argv, listen_to what = listen_to::output,
                           std::chrono::milliseconds deadline = std::chrono::seconds(5));

/// `text` without the line breaks at its end.
std::string without_line_end(std::string text);

} // namespace termlease::cli
