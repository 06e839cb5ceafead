#pragma once

// Why: attaching is the host's business, and the CLI becomes tmux or zellij for it. What is ours is
// to know where we are: inside the same server the client switches, inside another one it nests.

#include "messages/terminals.hpp"
#include "tools/termlease/invocation.hpp"

#include <string>
#include <vector>

namespace termlease::cli {

/// How to show a terminal.
struct attach_plan {
  std::vector<std::string> argv;
  bool nested = false; ///< inside another tmux server: TMUX has to go, and the prefix key is shared
  std::string sockets{}; ///< of zellij: where to look for the session
};

/// `inside` is the socket of the tmux server around us; empty outside of tmux.
attach_plan plan_attach(const messages::terminal_view& terminal, const std::string& inside,
                        const std::string& tmux);

/// The same of zellij; `inside` is the session around us, of the same sockets, if there is one.
attach_plan plan_zellij_attach(const messages::terminal_view& terminal, const std::string& inside,
                               bool other_sockets, const std::string& zellij);

/// Becomes tmux or zellij. Throws `failed`: `no_tty`, `tmux_missing`, `host_missing`.
[[noreturn]] void attach(const messages::terminal_view& terminal, const console& screen);

/// The open terminal with this name or id, or an unambiguous end of its id.
/// Throws `failed` (`no_such_terminal`).
messages::terminal_view open_terminal(const invocation& run, const std::string& name);

/// The tmux of the settings, else that of PATH. Throws `failed`: `tmux_missing`, `bad_settings`.
std::string tmux_program();

} // namespace termlease::cli
