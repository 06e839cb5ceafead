#pragma once

// Why: which pane is lent is said in the worker's order, and asked by whoever mirrors it: the hall
// for its guests, and a backend that has to know how large it is.

#include "messages/worker_lines.hpp"
#include "tools/worker/mirror/mirror.hpp"

namespace termlease::worker {

inline mirror_options pane_of(const messages::worker_lines::start& share) {
  return {share.host,         share.host_program, share.host_socket,
          share.host_session, share.pane,         share.mode == messages::share_mode::ro};
}

} // namespace termlease::worker
