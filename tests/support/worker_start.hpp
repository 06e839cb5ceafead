#pragma once

// Why: what a worker is told is checked by each backend in its own way, and each of their tests
// begins with the same sound order and spoils it.

#include "messages/failure.hpp"
#include "messages/worker_lines.hpp"

namespace termlease::tests {

/// A share for one key through a relay on loopback.
inline messages::worker_lines::start share_start() {
  messages::worker_lines::start share;
  share.authorized_keys = {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 anna"};
  share.relay_host = "127.0.0.1";
  share.relay_port = 2222;
  share.guest_program = "/opt/term lease/guest";
  return share;
}

template <class Check> bool refused_as_bad_start(Check check) {
  try {
    check();
  } catch (const messages::failed& error) {
    return error.why().code == "bad_start";
  }
  return false;
}

} // namespace termlease::tests
