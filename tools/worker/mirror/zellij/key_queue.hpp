#pragma once

// Why: a write waits until the one before is with the pane, and what is typed meanwhile goes
// together in the next one. Two things go alone, since zellij looks at a write as a whole: a cursor
// key, which it turns into the form that the pane's program asked for, and the brackets around a
// paste, which it drops where the program asked for none.

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

namespace termlease::worker {

class key_queue {
public:
  static constexpr std::size_t most_waiting = std::size_t{4} << 20; ///< bytes; more is dropped
  static constexpr std::size_t most_at_once = 8192;                 ///< bytes of one write

  /// False when there was no room.
  bool type(std::string_view bytes);
  bool paste(std::string_view body);

  bool empty() const { return writes_.empty(); }

  std::size_t waiting() const { return waiting_; }

  /// The next write; there must be one.
  std::string take();

  void clear();

private:
  void add(std::string_view bytes, bool alone);

  struct write {
    std::string bytes;
    bool alone = false;
  };

  std::deque<write> writes_;
  std::size_t waiting_ = 0;
};

} // namespace termlease::worker
