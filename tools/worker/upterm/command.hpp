#pragma once

// Why: how upterm is called is the whole of its configuration, and what a guest may do hangs on it:
// no SFTP, no forwarding, no command but ours, nobody without a listed key. Built as data, so that
// a test can read it.

#include "messages/worker_lines.hpp"
#include "tools/worker/child.hpp"

#include <string>

namespace termlease::worker::upterm {

/// Names of what a share's folder holds.
struct files {
  explicit files(const std::string& folder);
  std::string home;            ///< stands for HOME and every XDG folder
  std::string run;             ///< upterm's own folder in it: admin socket and log
  std::string private_key;     ///< of this share alone
  std::string authorized_keys; ///< who may come in
};

/// Throws `failed` (`bad_start`) for keys that upterm would read as nobody or as something else,
/// and for paths that can't be passed on.
void check(const messages::worker_lines::start& share, const files& where,
           const std::string& guest_socket);

/// `upterm host …`, without descriptors.
child_spec host_command(const messages::worker_lines::start& share, const files& where,
                        const std::string& guest_socket);

} // namespace termlease::worker::upterm
