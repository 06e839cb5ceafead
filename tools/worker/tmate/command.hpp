#pragma once

// Why: a read-write guest of tmate is a client of a tmux that runs here, as the operator. What it
// can reach hangs on that tmux's configuration: no prefix, no key bound, no status line, one pane
// with one program, which is ours and shows the mirror. Built as data, so that a test can read it.

#include "messages/worker_lines.hpp"
#include "tools/worker/child.hpp"
#include "tools/worker/mirror/cell.hpp"

#include <string>
#include <vector>

namespace termlease::worker::tmate {

/// Names of what a share's folder holds.
struct files {
  explicit files(const std::string& folder);
  std::string home; ///< stands for HOME
  std::string configuration;
  std::string authorized_keys; ///< who may come in
  std::string socket;          ///< of tmate's own server
};

/// Throws `failed` (`bad_start`) for what can't be passed on, or would be read as something else.
void check(const messages::worker_lines::start& share, const files& where,
           const std::string& guest_socket);

/// tmate's configuration.
std::string configuration_text(const messages::worker_lines::start& share, const files& where);

/// How large tmate's window is at most. Guests who may type make it smaller, as small as the
/// smallest of their terminals. Those who may only look don't, and see its upper left part where
/// they are smaller: so for them it is as large as the pane, with a row for the status below it.
extent window_size(messages::share_mode mode, extent pane);

/// Of tmate itself, and of whatever tells it something.
std::vector<std::string> environment(const std::string& home);

/// `tmate -F`, without descriptors. It connects, and waits for `session_text` on its stdin.
child_spec host_command(const messages::worker_lines::start& share, const files& where);

/// The command that makes tmate's session, whose one program waits for the relay and then shows
/// what guests see.
std::string session_text(const messages::worker_lines::start& share, const files& where,
                         const std::string& guest_socket, extent window);

} // namespace termlease::worker::tmate
