#pragma once

// Why: one server of our own for all terminals, which ends with the last of them; or somebody
// else's, whose sessions are only adopted. Its program answers in one go, so each turn of a
// terminal's life is one question.

#include "actors/terminals/host.hpp"

namespace termlease::actors {

std::unique_ptr<terminal_host> make_tmux_host(shared_environment env, host_edges edges);

} // namespace termlease::actors
