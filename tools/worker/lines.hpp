#pragma once

// Why: the runtime and the worker talk in lines, and either side may be slow, broken or gone. The
// reader bounds a line before it is a line; the writer never blocks the one thread of the worker.

#include "tools/worker/loop.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace termlease::worker {

/// Longest line of the worker's protocol, and most that waits for a runtime that doesn't read.
constexpr std::size_t line_limit = std::size_t{1} << 20;

/// Cuts a stream of bytes into lines without their newlines.
class line_splitter {
public:
  explicit line_splitter(std::size_t limit = line_limit) : limit_(limit) {}

  /// Calls `line` for each line that `bytes` completes. Returns false, and takes no more, once a
  /// line is longer than the limit.
  bool feed(std::string_view bytes, const std::function<void(std::string_view)>& line);

private:
  std::size_t limit_;
  std::string partial_;
  bool overlong_ = false;
};

/// Writes to a pipe in the background of the loop. The descriptor becomes non-blocking.
class line_writer {
public:
  /// `broken` is called once, from the loop: nobody reads any more, or too much waits.
  line_writer(loop& events, int fd, std::function<void()> broken);
  ~line_writer();
  line_writer(const line_writer&) = delete;
  line_writer& operator=(const line_writer&) = delete;

  /// Takes a whole line with its newline; dropped once the pipe is broken.
  void write(std::string_view line);
  /// Waits up to `limit` for what is left to be written: for the last line before the exit.
  void flush(std::chrono::milliseconds limit);

private:
  void push();
  void give_up();

  loop& loop_;
  int fd_;
  std::function<void()> broken_;
  std::string waiting_;
  bool watched_ = false;
  bool gave_up_ = false;
};

} // namespace termlease::worker
