#pragma once

// Why: upterm speaks to people. What it says is read here and nowhere else: the link on stdout, and
// on stderr the reason why it gave up, which becomes an error that says what to do next.

#include "messages/worker_lines.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace termlease::worker::upterm {

/// The guest's whole command in one line of `upterm host`'s stdout, if the line holds one. Nothing
/// but a plain `ssh USER@HOST [-p PORT]` is taken, since people paste it into a shell.
std::optional<std::string> link_in(std::string_view line);

/// How `upterm host` ended, as far as a reader can tell.
struct last_words {
  std::string output;  ///< its stdout until the link, bounded
  std::string errors;  ///< its stderr, bounded
  int wait_status = 0; ///< as waitpid gives it
  bool was_ready = false;
  std::string secret; ///< the link's user; never repeated
};

/// Explains an end that nobody asked for.
messages::worker_lines::problem explain(const last_words& words);

} // namespace termlease::worker::upterm
