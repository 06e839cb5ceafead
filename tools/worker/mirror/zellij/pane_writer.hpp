#pragma once

// Why: what guests type goes to zellij over one connection, a write at a time: the next one waits
// until the one before is with the pane, so that order holds and nothing piles up at a server that
// is busy. A connection that breaks is made anew by the next write. What it was about is not
// written twice: nobody knows how far it came, and a command typed twice is worse than one that
// isn't.

#include "tools/worker/loop.hpp"
#include "tools/worker/mirror/zellij/contract.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace termlease::worker {

class pane_writer {
public:
  /// `written` is told once after each write, later, also of one that came to nothing.
  pane_writer(loop& events, std::string socket, std::uint32_t pane, std::function<void()> written);
  ~pane_writer();
  pane_writer(const pane_writer&) = delete;
  pane_writer& operator=(const pane_writer&) = delete;

  bool busy() const { return timer_ != 0; }

  /// Only while not `busy`.
  void write(std::string_view bytes);

private:
  bool connected();
  void read_more();
  void done();
  void hang_up();

  loop& loop_;
  std::string socket_;
  std::uint32_t pane_;
  std::function<void()> written_;
  server_words words_;
  int fd_ = -1;
  loop::timer_id timer_ = 0; ///< of the write that is under way
};

} // namespace termlease::worker
