#pragma once

// Why: a program that talks to the runtime asks one thing and waits, or follows events. Blocking
// calls with a deadline over one Unix socket say just that, and start in a millisecond.

#include "messages/envelope.hpp"
#include "messages/json.hpp"

#include <chrono>
#include <deque>
#include <optional>
#include <string>

namespace termlease::bus {

/// One connection to the runtime. Not for use by several threads.
class client {
public:
  using clock = std::chrono::steady_clock;

  /// Connects to the socket at `path`; throws `failed` (`no_runtime` when nobody listens there,
  /// `not_yours` when the socket belongs to another user).
  explicit client(const std::string& path);
  ~client();
  client(client&& other) noexcept;
  client& operator=(client&&) = delete;

  /// Sends a command and waits for its response; events that arrive meanwhile are kept for
  /// `next_event`. Throws the runtime's `failed`, or `no_answer` after `deadline`, or
  /// `connection_lost`.
  messages::json call(std::string_view method, const messages::json& payload,
                      std::chrono::milliseconds deadline);

  /// `call` with described messages on both sides.
  template <class Result, messages::is_described Command>
  Result ask(const Command& command,
             std::chrono::milliseconds deadline = std::chrono::seconds(30)) {
    return messages::decoded<Result>(
        call(Command::describe().name, messages::encode(command), deadline));
  }

  /// The next event, or nothing when `deadline` passes first. Throws `connection_lost`.
  std::optional<messages::envelope> next_event(std::chrono::milliseconds deadline);

  /// For the caller's own poll loop; readable means that `next_event` has something to do.
  int descriptor() const { return socket_; }

  /// The correlation id that every following command carries; empty: one is made for each.
  void correlate(std::string id) { correlation_id_ = std::move(id); }

private:
  void send_line(std::string_view line);
  std::optional<messages::envelope> next_envelope(clock::time_point deadline);

  int socket_ = -1;
  std::uint64_t next_id_ = 1;
  std::string correlation_id_;
  std::string received_;
  std::deque<messages::envelope> events_;
};

} // namespace termlease::bus
