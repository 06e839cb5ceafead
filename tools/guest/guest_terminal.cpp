#include "tools/guest/guest_terminal.hpp"

#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace termlease::guest {

namespace {

constexpr int patience_ms = 5;

constexpr std::string_view enter = "\x1b[?1049h\x1b[?7l\x1b[2J\x1b[Hconnecting\xe2\x80\xa6";

// CAN and ST end whatever sequence was cut off.
constexpr std::string_view restore =
    "\x18\x1b\\\x1b[0m\x1b[?1003l\x1b[?1002l\x1b[?1000l\x1b[?1006l\x1b[?2004l\x1b>"
    "\x1b[?7h\x1b[0 q\x1b[?25h\x1b[?1049l";

bool write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (count > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
      continue;
    }
    if (errno == EINTR) continue;
    pollfd writable{STDOUT_FILENO, POLLOUT, 0};
    if (errno != EAGAIN || poll(&writable, 1, patience_ms) <= 0) return false;
  }
  return true;
}

} // namespace

guest_terminal::guest_terminal() {
  has_before_ = tcgetattr(STDIN_FILENO, &before_) == 0;
  if (has_before_) {
    termios raw = before_;
    cfmakeraw(&raw);
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
  }
  flags_before_ = fcntl(STDOUT_FILENO, F_GETFL);
  if (flags_before_ >= 0) fcntl(STDOUT_FILENO, F_SETFL, flags_before_ | O_NONBLOCK);
  write_all(enter);
}

terminal_size guest_terminal::size() const {
  winsize known{};
  if (ioctl(STDIN_FILENO, TIOCGWINSZ, &known) != 0 || known.ws_row == 0 || known.ws_col == 0)
    return {};
  return {known.ws_row, known.ws_col};
}

void guest_terminal::leave(std::string_view text) {
  if (!write_all(restore)) {
    tcflush(STDOUT_FILENO, TCOFLUSH);
    write_all(restore);
  }
  write_all(text);
  write_all("\r\n");
  if (has_before_) tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  if (flags_before_ >= 0) fcntl(STDOUT_FILENO, F_SETFL, flags_before_);
}

} // namespace termlease::guest
