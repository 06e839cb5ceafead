#pragma once

// Why: through tmate all guests look at one program, and nobody here knows them: how many are in
// the runtime learns from the relay, and says when the door is to be shut. Three things hang
// together: what is on the one screen, whether the relay lets anybody in, and who is put out there.
// The rule is that where guests knock, nothing but the door is shown while anybody new may come in.

#include "messages/worker_lines.hpp"
#include "tools/worker/backend.hpp"
#include "tools/worker/guests/hall.hpp"
#include "tools/worker/loop.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <sys/types.h>

namespace termlease::worker {

class shared_screen {
public:
  using told_joined = std::function<void(const messages::worker_lines::guest_joined&)>;

  /// With `knock` the terminal is shown only after `let_in`.
  shared_screen(loop& events, hall& guests, backend& relay, bool knock, told_joined joined);
  ~shared_screen();
  shared_screen(const shared_screen&) = delete;
  shared_screen& operator=(const shared_screen&) = delete;

  /// The program of all guests has come. False when nothing can be shown to it.
  bool arrived(guest_number program, pid_t pid);

  /// That program; 0 while there is none.
  guest_number program() const { return program_; }

  void left() { program_ = 0; }

  /// Whether anybody new may come in. While nobody may, the first `stay` of those who are in stay.
  void set_door(bool open, std::size_t stay);
  /// Lets the one who is at the door see the terminal; says so under the name of `guest_id`.
  /// Nothing happens where the door is open, or who was there is being put out.
  void let_in(const std::string& guest_id);
  /// Tells who is there why, and puts it out.
  void put_out(const std::string& text);
  /// Nothing happens any more.
  void close();

private:
  using clock = loop::clock;
  enum class showing { door, refusal, terminal };

  void show(showing what, const std::string& text);
  void once_shown(loop::timer_id& timer, clock::time_point until, std::function<void()> then);
  void let_in_once_shut(const std::string& guest_id);
  void sweep_in(std::chrono::milliseconds wait, std::chrono::milliseconds next);

  loop& loop_;
  hall& hall_;
  backend& backend_;
  bool knock_;
  told_joined joined_;
  guest_number program_ = 0;
  pid_t pid_ = 0;
  showing now_ = showing::terminal;
  bool shut_ = false;
  std::optional<clock::time_point> shut_at_; ///< when the relay was told so
  std::size_t stay_ = 0;                     ///< of those who are in, while it is shut
  loop::timer_id opening_ = 0;
  loop::timer_id letting_in_ = 0;
  loop::timer_id putting_out_ = 0;
  loop::timer_id sweep_ = 0;
};

} // namespace termlease::worker
