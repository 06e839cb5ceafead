#pragma once

// Why: a guest is never a client of the operator's tmux, because every kind of attached client
// could be led into other sessions. The mirror is the one place that talks to that tmux: it follows
// exactly one pane through control mode, and writes into it only by commands that it builds itself.

#include "messages/failure.hpp"
#include "tools/worker/loop.hpp"
#include "tools/worker/mirror/screen.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace termlease::worker {

struct mirror_options {
  std::string tmux;        ///< path of the program
  std::string tmux_socket; ///< path of the tmux server's socket
  std::string pane;        ///< pane id, "%3"
  bool read_only = true;   ///< nothing that is typed or pasted reaches tmux
};

struct mirror_events {
  /// The picture, the cursor, a mode or the size changed. Told once for everything that came
  /// together; `output_bytes` of the pane are among it.
  std::function<void(std::size_t output_bytes)> changed;
  /// The pane is gone or can't be followed any more (`terminal_gone`, `mirror_failed`). The mirror
  /// has stopped.
  std::function<void(messages::failure)> closed;
};

class mirror {
public:
  mirror(loop& events, mirror_options options, mirror_events callbacks);
  ~mirror();
  mirror(const mirror&) = delete;
  mirror& operator=(const mirror&) = delete;

  /// Begins to follow the pane; the first `changed` comes with the first whole picture.
  void start();
  /// Ends the tmux client; nothing of it is left afterwards. May be started again.
  void stop();
  bool running() const;
  /// Whether there is a whole picture to show.
  bool ready() const;
  /// Whether more is printed than is followed: the picture is of a moment now and then.
  bool flooded() const;
  const screen& picture() const;

  /// Types `bytes` into the pane, unless the pane is in a mode of tmux (copy mode, a tree) or its
  /// input is copied to other panes. Dropped when read-only or not ready.
  void input(std::string_view bytes);
  /// Pastes `body`; tmux adds the brackets when the pane's program asked for them. Same conditions
  /// as `input`.
  void paste(std::string_view body);
  /// Whether what is typed can reach tmux from now on.
  void set_read_only(bool read_only);
  /// Whether what was typed is waiting for tmux to take it, or would: read no more from guests.
  bool congested() const;

private:
  class state;
  std::unique_ptr<state> state_;
};

} // namespace termlease::worker
