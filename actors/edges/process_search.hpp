#pragma once

// Why: zellij tells which panes it has, and not which process is in one. The kernel does: every
// program in a pane was given the session's name and the pane's number, and the first one is a
// child of the session's server. What is read of other processes is only compared.

#include "messages/edges.hpp"

namespace termlease::actors {

/// Looks through the processes of this user. Where several fit it is the one that runs longest.
messages::process_found search_process(const messages::find_process& wanted);

} // namespace termlease::actors
