#pragma once

// Why: "share this" needs no name inside tmux: tmux tells every program in a pane which server and
// pane it is in. That is only a hint for convenience, so it is checked by asking that server. What
// zellij tells is in zellij_here.hpp.

#include "bus/client/client.hpp"
#include "messages/terminals.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace termlease::cli {

/// The pane in which this command runs.
struct tmux_place {
  std::string socket;
  std::string pane; ///< "%3"
};

/// Reads the values of TMUX and TMUX_PANE; nothing when they don't say.
std::optional<tmux_place> tmux_place_in(std::string_view tmux, std::string_view pane);

/// Where this process is; nothing outside of tmux.
std::optional<tmux_place> tmux_place_here();

/// Whether both name the same file.
bool same_socket(const std::string& one, const std::string& other);

/// A terminal's name made of a session's: what a name can't hold becomes "-".
std::string terminal_name_from(std::string_view session);

/// The terminal in which this command runs: the open one with this pane, else a newly adopted one
/// named after its session. Throws `failed` (`no_terminal`) outside of tmux and zellij.
messages::terminal_view terminal_here(bus::client& runtime);

/// Fills in host, socket, session and pane of this process; false outside of tmux and zellij.
bool adopt_this_pane(messages::adopt_terminal& asked);

/// The socket of the user's own tmux server: the one around us, else tmux's default.
std::string default_tmux_socket();

} // namespace termlease::cli
