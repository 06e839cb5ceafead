#pragma once

// Why: zellij has a server for each session, and takes more than one question: whether the name is
// free, what the first pane is called, and, from the kernel, which process is in it. Sessions of
// our own have their sockets in a folder of ours, so that nobody's list of sessions has them and
// they meet no other of the same name.

#include "actors/terminals/host.hpp"

namespace termlease::actors {

std::unique_ptr<terminal_host> make_zellij_host(shared_environment env, host_edges edges);

} // namespace termlease::actors
