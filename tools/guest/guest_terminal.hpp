#pragma once

// Why: the guest's terminal is given back as it was found, whatever happens: also when nobody reads
// it any more, which must not keep a guest program from leaving.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <termios.h>

namespace termlease::guest {

struct terminal_size {
  std::uint16_t rows = 24;
  std::uint16_t columns = 80;
};

/// The terminal on stdin and stdout: raw, non-blocking, on its alternate screen.
class guest_terminal {
public:
  guest_terminal();
  guest_terminal(const guest_terminal&) = delete;
  guest_terminal& operator=(const guest_terminal&) = delete;

  /// A size of zero, as a pty has before it is told one, counts as 24 by 80.
  terminal_size size() const;
  /// Leaves the alternate screen, undoes every mode, and prints `text` and a newline. Takes
  /// milliseconds at most: when nobody reads, what is not read yet is thrown away.
  void leave(std::string_view text);

private:
  termios before_{};
  bool has_before_ = false;
  int flags_before_ = -1;
};

} // namespace termlease::guest
