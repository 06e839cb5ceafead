#pragma once

// Why: asking upterm who is connected must not block the worker, nor wait for ever: one question at
// a time, on a connection of its own, that is over with its answer or its time limit.

#include "tools/worker/backend.hpp"
#include "tools/worker/upterm/admin_protocol.hpp"

#include <string>

namespace termlease::worker::upterm {

class admin_query {
public:
  admin_query(loop& events, std::string socket, backend::connections_callback answer);
  ~admin_query();
  admin_query(const admin_query&) = delete;
  admin_query& operator=(const admin_query&) = delete;

private:
  void read_some();
  void hang_up();
  void finish(std::vector<connection> listed);

  loop& loop_;
  int fd_ = -1;
  loop::timer_id timer_ = 0;
  session_answer answer_;
  backend::connections_callback callback_;
};

} // namespace termlease::worker::upterm
