#pragma once

// Why: every guest program attaches here, so that one guest is one thing: it can be listed,
// admitted, refused and shown out. The hall owns the mirror and runs it only while somebody is
// there. What a guest may do is decided on this side of the socket; a guest program is never
// trusted to behave.

#include "messages/failure.hpp"
#include "messages/worker_lines.hpp"
#include "tools/worker/loop.hpp"
#include "tools/worker/mirror/mirror.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <sys/types.h>
#include <vector>

namespace termlease::worker {

/// What one sees who waits to be let in.
inline constexpr auto knocks_text = "You knock: wait until somebody lets you in";

/// Counts the guests of one share, from 1; never used twice.
using guest_number = std::uint32_t;

struct hall_options {
  std::string socket_path; ///< in a folder of mode 0700; at most 107 bytes long
  messages::share_mode mode = messages::share_mode::ro;
  std::uint32_t max_guests = 16; ///< admitted and waiting together; one more is told so and let go
  std::string name;              ///< of the terminal, for the status line
  std::string status;            ///< what that line says first beside name and mode
  std::string recordings{};      ///< a folder for what each guest sees; empty: it isn't kept
  std::uint64_t recording_limit = 0;                       ///< bytes of all recordings together
  guest_number guests_before = 0;                          ///< whose numbers are taken
  std::span<const mirror_entry> mirrors = known_mirrors(); ///< what can be shown
  bool is_shared = false; ///< each program's terminal is for several guests, of whom others come
};

/// What has passed between a guest and the terminal.
struct guest_passage {
  guest_number guest = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::chrono::milliseconds idle{0};
};

struct hall_events {
  /// Connected and said hello. Sees "checking…" and nothing else until `admit`.
  std::function<void(guest_number, pid_t)> arrived;
  /// Gone, for whatever reason; only for guests that `arrived`. With the path of its recording, if
  /// there is one.
  std::function<void(guest_number, std::string)> left;
  /// The lent pane is gone or can't be followed any more. Said once; guests stay until `end_all`.
  std::function<void(messages::failure)> terminal_gone;
};

class hall {
public:
  /// Opens the socket. Throws `failed` (`guest_socket_failed`, `unknown_host`, `bad_pane`).
  hall(loop& events, mirror_options pane, hall_options options, hall_events callbacks);
  ~hall();
  hall(const hall&) = delete;
  hall& operator=(const hall&) = delete;

  /// From now on the guest gets pictures, and may type when the mode is rw. False when it doesn't:
  /// it is gone, or what it sees can't be kept, and then it is let go.
  bool admit(guest_number guest);
  /// The guest sees `text` and nothing else, until it is admitted (again).
  void hold(guest_number guest, std::string text);
  /// Whether what the guest last got to see is on its terminal, and nothing older.
  bool has_drawn(guest_number guest) const;
  /// Whether the guest may type; for 0 all guests, and those who come.
  void set_mode(guest_number guest, messages::share_mode mode);
  /// Tells the guest why and lets it go; a guest that doesn't leave is cut off after a second.
  void refuse(guest_number guest, std::string text);
  /// What the last row of every guest's screen says beside name and mode; `alert` makes it stand
  /// out.
  void set_status(std::string text, bool alert);
  /// Closes the door, stops the mirror, tells every guest `text` and lets it go. Each `left`
  /// follows, within a second even for a guest that doesn't react.
  void end_all(std::string text);
  /// What has passed, for each guest that was admitted.
  std::vector<guest_passage> passages() const;
  /// Guests that arrived and have not left.
  std::size_t size() const;

private:
  class state;
  std::unique_ptr<state> state_;
};

} // namespace termlease::worker
