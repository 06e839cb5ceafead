#pragma once

// Why: the client is a socket, which the server of tmux reads and writes by itself, and no process
// of tmux's: see greeting.hpp for what that would do. It asks for no size and takes part in none,
// brings no environment into the session, starts no server, and is gone when the worker is.

#include "tools/worker/loop.hpp"
#include "tools/worker/mirror/tmux/control_reader.hpp"
#include "tools/worker/mirror/tmux/greeting.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace termlease::worker {

class tmux_client {
public:
  /// Runs one command of tmux, which may attach it; then those that are sent to it. `server` is its
  /// socket. `read` is called after the handler got everything that came at once; `ended` once,
  /// when tmux closed or said something that can't be followed: where nothing attached it, after
  /// the command.
  tmux_client(loop& events, std::string server, std::vector<std::string> command,
              control_handler& handler, std::function<void()> read, std::function<void()> ended);
  ~tmux_client();
  tmux_client(const tmux_client&) = delete;
  tmux_client& operator=(const tmux_client&) = delete;

  /// Hangs up: no callback comes any more, also when called from within one.
  void stop();
  /// Queues whole command lines.
  void send(std::string_view lines);

  std::size_t unsent() const { return unsent_.size() - sent_; }

  control_reader& reader() { return reader_; }

private:
  void come();
  void try_to_greet();
  void leave();
  void listen_to_server();
  void ready(std::uint32_t events);
  bool read_more();
  bool write_more();

  loop& loop_;
  std::string server_;
  std::vector<std::string> command_;
  descriptor_mark mark_ = descriptor_mark::before_3_6;
  int connection_ = -1; ///< while it is open the client is there
  int fd_ = -1;         ///< what it says and hears
  int far_end_ = -1;    ///< until the server has it
  loop::timer_id again_ = 0;
  control_reader reader_;
  std::string unsent_;
  std::size_t sent_ = 0;
  bool waits_to_write_ = false;
  bool greeted_ = false; ///< tmux has spoken, and is spoken to
  std::function<void()> read_;
  std::function<void()> ended_;
};

/// Asks tmux once what `format` is for `pane`; an empty text when there is no answer.
class tmux_question final : public control_handler {
public:
  tmux_question(loop& events, const std::string& server, const std::string& pane,
                const std::string& format, std::function<void(std::string)> answered);

private:
  void on_output(std::string_view, std::string_view) override {}

  void on_reply(control_reply& reply) override;

  void on_notice(std::string_view, std::string_view) override {}

  std::string text_;
  tmux_client client_;
};

} // namespace termlease::worker
