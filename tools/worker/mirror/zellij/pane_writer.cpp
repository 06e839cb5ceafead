#include "tools/worker/mirror/zellij/pane_writer.hpp"

#include "tools/worker/unix_socket.hpp"

#include <array>
#include <cerrno>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace termlease::worker {

namespace {

constexpr std::chrono::milliseconds patience{5000};
constexpr std::size_t bytes_per_read = 65536;

} // namespace

pane_writer::pane_writer(loop& events, std::string socket, std::uint32_t pane,
                         std::function<void()> written)
    : loop_(events), socket_(std::move(socket)), pane_(pane), written_(std::move(written)) {}

pane_writer::~pane_writer() {
  hang_up();
  loop_.cancel(timer_);
}

bool pane_writer::connected() {
  if (fd_ >= 0) return true;
  fd_ = connect_to(socket_);
  if (fd_ < 0) return false;
  words_ = {};
  loop_.watch(fd_, EPOLLIN, [this](std::uint32_t) { read_more(); });
  return true;
}

void pane_writer::hang_up() {
  if (fd_ < 0) return;
  loop_.forget(fd_);
  close(fd_);
  fd_ = -1;
}

void pane_writer::write(std::string_view bytes) {
  const auto frame = write_frame(pane_, bytes);
  const auto size = static_cast<ssize_t>(frame.size());
  // One write at a time is far smaller than a socket's buffer: one send takes it.
  const bool sent = connected() && send(fd_, frame.data(), frame.size(), MSG_NOSIGNAL) == size;
  if (!sent) hang_up();
  timer_ = loop_.after(sent ? patience : std::chrono::milliseconds(0), [this] {
    hang_up();
    done();
  });
}

void pane_writer::done() {
  loop_.cancel(std::exchange(timer_, 0));
  written_();
}

void pane_writer::read_more() {
  std::array<char, bytes_per_read> part; // NOLINT: filled by read
  const auto count = read(fd_, part.data(), part.size());
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  bool taken = false;
  bool over = count <= 0;
  if (count > 0)
    words_.feed({part.data(), static_cast<std::size_t>(count)}, [&](server_word word) {
      taken |= word == server_word::taken;
      over |= word == server_word::over;
    });
  if (over) hang_up();
  if ((taken || over) && busy()) done();
}

} // namespace termlease::worker
