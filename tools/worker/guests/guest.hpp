#pragma once

// Why: one attached guest program, and everything that is kept for it. What is kept is bounded:
// what its terminal shows, at most one picture on the way to it, and at most one frame of its own.

#include "messages/worker_lines.hpp"
#include "tools/guest/wire.hpp"
#include "tools/worker/guests/recording.hpp"
#include "tools/worker/guests/typing.hpp"
#include "tools/worker/guests/view.hpp"
#include "tools/worker/loop.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace termlease::worker {

class guest {
public:
  enum class phase { greeting, waiting, admitted, leaving };

  /// What a guest program says. None of them may destroy the guest.
  struct listener {
    std::function<void()> greeted;
    std::function<void()> resized;
    std::function<void(std::string_view)> typed;
    std::function<void()> drawn; ///< a whole picture is on its terminal
  };

  /// Takes over `fd`, which is non-blocking and watched by the caller.
  guest(loop& events, int fd, std::uint32_t its_number, pid_t pid, messages::share_mode mode,
        listener told);
  ~guest();
  guest(const guest&) = delete;
  guest& operator=(const guest&) = delete;

  /// False when the connection is over, or its guest program breaks the rules.
  bool handle(std::uint32_t events);
  /// Brings the terminal up to date, or notes that it is not while the last picture is on its way.
  void draw(const screen* picture);

  bool outdated() const { return outdated_; }

  /// Whether all that was drawn is on its terminal.
  bool is_up_to_date() const { return !outdated_ && !piece_on_way_; }

  /// From now on what it sees is kept in `path`. Throws `failed` (`recording_failed`).
  void record(const std::string& path, std::shared_ptr<std::uint64_t> left);

  bool is_recorded() const { return recording_.has_value(); }

  /// False once something that it saw is missing in its recording.
  bool recorded() const { return !recording_ || recording_->whole(); }

  /// Closes the recording; returns its path, or nothing where there was none.
  std::string end_recording();

  void set_mode(messages::share_mode mode);

  messages::share_mode mode() const { return mode_; }

  std::uint64_t bytes_in() const { return bytes_in_; }

  std::uint64_t bytes_out() const { return bytes_out_; }

  /// When it typed last, or came.
  loop::clock::time_point busy_at() const { return busy_at_; }

  /// Nothing else is sent after it.
  void end(std::string_view text);
  /// Whether to read what the guest types.
  void listen(bool reading);

  pid_t pid() const { return pid_; }

  /// Whether it ever said hello.
  bool arrived() const { return arrived_; }

  const std::uint32_t number; ///< in its hall
  phase now = phase::greeting;
  view picture;
  typing keys;
  loop::timer_id typing_timer = 0; ///< passes on what `keys` holds back
  loop::timer_id note_timer = 0;   ///< takes a note of this guest's own from its status line
  loop::timer_id end_timer = 0;    ///< cuts it off

private:
  bool read_frames();
  bool take_frame(guest_wire::frame type, std::string_view payload);
  void send(guest_wire::frame type, std::string_view payload);
  void send_next_piece();
  bool write_more();
  void rewatch();

  loop& loop_;
  int fd_;
  pid_t pid_;
  messages::share_mode mode_;
  listener told_;
  std::optional<recording> recording_;
  std::uint64_t bytes_in_ = 0;
  std::uint64_t bytes_out_ = 0;
  loop::clock::time_point busy_at_ = loop::clock::now();
  bool reading_ = true;
  bool waits_to_write_ = false;
  bool broken_ = false;
  bool arrived_ = false;
  std::string in_;
  std::string out_;   ///< frames not yet written to the socket
  std::string frame_; ///< the picture on its way
  std::size_t frame_sent_ = 0;
  bool piece_on_way_ = false; ///< a `draw` that was not answered
  bool outdated_ = false;
};

} // namespace termlease::worker
