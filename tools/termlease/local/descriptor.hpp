#pragma once

// Why: a command that fails halfway must not leave a pipe open on which somebody waits.

#include <unistd.h>
#include <utility>

namespace termlease::cli {

/// Owns one file descriptor; -1 is none.
class descriptor {
public:
  explicit descriptor(int number = -1) : number_(number) {}

  descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }

  ~descriptor() { reset(); }

  int get() const { return number_; }

  explicit operator bool() const { return number_ >= 0; }

  void reset() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }

private:
  int number_;
};

} // namespace termlease::cli
