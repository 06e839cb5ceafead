#pragma once

// Why: the guest program only carries: keys to its worker, pictures to the guest's terminal. It
// decides nothing, and it always reads its worker, also while the terminal takes nothing, so that
// it leaves as soon as it is told.

#include "tools/guest/guest_terminal.hpp"
#include "tools/guest/wire.hpp"

#include <cstddef>
#include <string_view>

namespace termlease::guest {

/// How the relay ended.
enum class outcome {
  told,        ///< the worker sent `end`
  worker_gone, ///< the worker hung up or broke the rules
  guest_gone,  ///< the terminal hung up, or the program was told to stop
};

class relay {
public:
  /// `worker` and `signals` (a signalfd) stay the caller's.
  relay(int worker, int signals, guest_terminal& terminal);
  outcome run();

  /// What the worker sent with `end`.
  std::string_view last_words() const { return {payload_, payload_length_}; }

private:
  void say_hello();
  void say_size();
  void send(guest_wire::frame type, const void* payload, std::size_t length);
  bool flush_to_worker();
  bool flush_to_terminal();
  bool read_worker();
  bool take_frame();
  bool read_terminal();
  bool read_signal();

  int worker_;
  int signals_;
  guest_terminal& terminal_;
  outcome outcome_ = outcome::worker_gone;

  unsigned char head_[guest_wire::header_bytes];
  std::size_t head_length_ = 0;
  char payload_[guest_wire::max_to_guest];
  std::size_t payload_length_ = 0;

  char picture_[guest_wire::max_to_guest];
  std::size_t picture_length_ = 0;
  std::size_t picture_written_ = 0;

  /// A frame of keys, one of the size and one `drawn`.
  unsigned char to_worker_[guest_wire::header_bytes + guest_wire::max_to_worker + 64];
  std::size_t to_worker_length_ = 0;
  bool size_waits_ = false; ///< to be told once there is room
};

} // namespace termlease::guest
