#pragma once

// Why: as tmux does, zellij tells every program in a pane which session and pane it is in. Where
// one of them runs inside the other both say so, and it is the inner one that people mean.

#include "messages/terminals.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace termlease::cli {

/// The pane in which this command runs.
struct zellij_place {
  std::string sockets; ///< the folder that the session's socket is in
  std::string session;
  std::string pane; ///< "terminal_3"
};

/// Reads the values of zellij's variables; nothing when they don't say.
std::optional<zellij_place> zellij_place_in(std::string_view session, std::string_view pane,
                                            const std::string& sockets);

/// Where this process is; nothing outside of zellij, and inside of a tmux that is inside of it.
std::optional<zellij_place> zellij_place_here();

/// Where zellij has its sockets unless told otherwise.
std::string zellij_sockets();

/// The nearest process above `pid` that is one of the two: "tmux", "zellij", or neither.
std::string nearest_host(int pid);

} // namespace termlease::cli
