#include "tools/worker/upterm/admin.hpp"

#include "tools/worker/unix_socket.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <sys/socket.h>
#include <unistd.h>

namespace termlease::worker::upterm {

namespace {

constexpr std::chrono::milliseconds answer_time{1000};

} // namespace

admin_query::admin_query(loop& events, std::string socket, backend::connections_callback answer)
    : loop_(events), fd_(connect_to(socket)), callback_(std::move(answer)) {
  const auto request = session_request(); // far smaller than a socket's buffer: one send takes it
  const auto size = static_cast<ssize_t>(request.size());
  const bool sent = fd_ >= 0 && send(fd_, request.data(), request.size(), MSG_NOSIGNAL) == size;
  timer_ = loop_.after(sent ? answer_time : std::chrono::milliseconds(0), [this] { finish({}); });
  if (sent) loop_.watch(fd_, EPOLLIN, [this](std::uint32_t) { read_some(); });
}

admin_query::~admin_query() {
  hang_up();
}

void admin_query::hang_up() {
  loop_.cancel(timer_);
  if (fd_ < 0) return;
  loop_.forget(fd_);
  close(fd_);
  fd_ = -1;
}

void admin_query::read_some() {
  std::array<char, 8192> part; // NOLINT: filled by read
  const auto count = read(fd_, part.data(), part.size());
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) return finish({});
  const auto state = answer_.feed({part.data(), static_cast<std::size_t>(count)});
  if (state == session_answer::progress::broken) return finish({});
  if (state == session_answer::progress::complete)
    finish(answer_.connections().value_or(std::vector<connection>{}));
}

void admin_query::finish(std::vector<connection> listed) {
  hang_up(); // at once: upterm waits for open connections when it is told to stop
  // The owner may replace this query from the callback.
  const auto callback = std::move(callback_);
  callback(std::move(listed));
}

} // namespace termlease::worker::upterm
