#pragma once

// Why: upterm is one way to get a guest to this machine, and not the last. What the worker needs of
// a backend is small: open the door and say how to get in, say who is connected, close the door. A
// new backend is a folder of its own and a line in backends.cpp.

#include "messages/worker_lines.hpp"
#include "tools/worker/loop.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace termlease::worker {

/// One connection of a guest to the backend. It may run several guest programs, or none.
struct connection {
  std::string id;          ///< the backend's own, unique within the share
  std::string fingerprint; ///< "SHA256:…"
  std::string address;
};

/// How guests get in: a secret.
struct way_in {
  std::string link; ///< the whole command for a guest
  std::string door; ///< what the relay calls the share, where it says who comes
};

struct backend_events {
  /// Guests can come in.
  std::function<void(way_in)> ready;
  /// Nobody can come in, until `link_changed` or `failed`.
  std::function<void()> relay_away;
  /// From now on they come in by another way, and those who were in are out.
  std::function<void(way_in)> link_changed;
  /// The backend couldn't start, or ended by itself. Said at most once; never holds the link.
  std::function<void(messages::worker_lines::problem)> failed;
  /// Somebody connected or left.
  std::function<void()> connections_changed;
};

class backend {
public:
  using connections_callback = std::function<void(std::vector<connection>)>;

  virtual ~backend() = default;

  /// Starts it; `ready` or `failed` follows within the deadline of the share. Throws `failed`.
  virtual void start() = 0;
  /// The process that guest programs descend from; 0 when there is none.
  virtual pid_t pid() const = 0;
  /// Why the session that runs this guest program can't be a guest's; empty when it can.
  virtual std::string objection_to(pid_t program) const = 0;
  /// Asks who is connected, in the order of joining; an empty list when the backend can't tell.
  /// A new question replaces one that is not answered yet.
  virtual void list_connections(connections_callback answer) = 0;
  /// Whether the connection has been let go, as far as the backend said.
  virtual bool has_left(const connection& who) const = 0;
  /// Whether the connection may bring further programs, also one that was let go.
  virtual bool may_come_back(const connection& who) const = 0;

  /// Whether each program that comes is one guest's, to be matched with a connection. Otherwise one
  /// program is for all guests, whom the backend doesn't know, and the next two tell of it.
  virtual bool program_is_guest() const { return true; }

  virtual void program_came() {}

  virtual void program_left() {}

  /// Of such a backend: whether anybody new may come in by the relay; `told` is called once the
  /// relay is told so. The last word counts. It fails (`failed`) when that can't be had.
  virtual void set_door(bool /*open*/, std::function<void()> /*told*/) {}

  /// Of such a backend: ends all guests at the relay but the first `stay` who are in. Who is just
  /// coming in is left alone, unless everybody who could has had the time for it.
  virtual void put_out_but(std::size_t /*stay*/, bool /*all_have_come*/) {}

  /// Asks it to end; `running` turns false when it has, which calls `stopped`.
  virtual void stop(std::function<void()> stopped) = 0;
  virtual void kill() = 0;
  virtual bool running() const = 0;
};

/// What a backend gets to work with.
struct backend_setup {
  loop& events;
  const messages::worker_lines::start& share;
  std::string folder;       ///< exists, private, removed after the share
  std::string guest_socket; ///< where guest programs attach
  backend_events callbacks;
};

struct backend_entry {
  std::string_view name;
  std::unique_ptr<backend> (*make)(backend_setup);
};

/// All that this worker has.
std::span<const backend_entry> known_backends();

/// The one that the share asks for. Throws `failed` (`unknown_backend`).
std::unique_ptr<backend> make_backend(std::span<const backend_entry> among, backend_setup setup);

} // namespace termlease::worker
