#pragma once

// Why: a guest is never a client of the operator's tmux or zellij, because every kind of attached
// client could be led into other sessions. The mirror is the one place that talks to that host: it
// follows exactly one pane, and writes into it only by commands that it builds itself. What guests
// see and do is the same whichever host it is; a new host is a folder beside tmux/ with a class
// that is a `mirror`, and a line in mirrors.cpp.

#include "messages/failure.hpp"
#include "tools/worker/loop.hpp"
#include "tools/worker/mirror/screen.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace termlease::worker {

struct mirror_options {
  std::string host;      ///< "tmux", "zellij"
  std::string program;   ///< path of the host's program
  std::string socket;    ///< of tmux's server; of zellij the folder of its sockets
  std::string session;   ///< of zellij: the session's name
  std::string pane;      ///< "%3" of tmux, "terminal_3" of zellij
  bool read_only = true; ///< nothing that is typed or pasted reaches the host
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
  virtual ~mirror() = default;

  /// Begins to follow the pane; the first `changed` comes with the first whole picture.
  virtual void start() = 0;
  /// Ends all that was started at the host; nothing of it is left afterwards. May be started again.
  virtual void stop() = 0;
  virtual bool running() const = 0;
  /// Whether there is a whole picture to show.
  virtual bool ready() const = 0;
  /// Whether more is printed than is followed: the picture is of a moment now and then.
  virtual bool flooded() const = 0;
  virtual const screen& picture() const = 0;

  /// Types `bytes` into the pane, unless the host does something of its own with them there (copy
  /// mode, a tree, other panes that get the same). Dropped when read-only or not ready.
  virtual void input(std::string_view bytes) = 0;
  /// Pastes `body`; the host adds the brackets when the pane's program asked for them. Same
  /// conditions as `input`.
  virtual void paste(std::string_view body) = 0;
  /// Whether what is typed can reach the host from now on.
  virtual void set_read_only(bool read_only) = 0;
  /// Whether what was typed is waiting for the host to take it, or would: read no more from guests.
  virtual bool congested() const = 0;
};

struct mirror_entry {
  std::string_view host;
  std::unique_ptr<mirror> (*make)(loop&, mirror_options&&, mirror_events&&);
};

/// All that this worker has.
std::span<const mirror_entry> known_mirrors();

/// The one of the options' host. Throws `failed` (`unknown_host`, `bad_pane`).
std::unique_ptr<mirror> make_mirror(std::span<const mirror_entry> among, loop& events,
                                    mirror_options options, mirror_events callbacks);

} // namespace termlease::worker
