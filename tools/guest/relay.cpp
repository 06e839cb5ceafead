#include "tools/guest/relay.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace termlease::guest {

namespace wire = guest_wire;

namespace {

bool try_again() {
  return errno == EAGAIN || errno == EINTR;
}

} // namespace

relay::relay(int worker, int signals, guest_terminal& terminal)
    : worker_(worker), signals_(signals), terminal_(terminal) {}

outcome relay::run() {
  say_hello();
  while (true) {
    const bool picture = picture_written_ < picture_length_;
    const bool keys_wait = to_worker_length_ > 0;
    pollfd ready[4] = {
        {worker_, static_cast<short>(POLLIN | (keys_wait ? POLLOUT : 0)), 0},
        {signals_, POLLIN, 0},
        {STDIN_FILENO, static_cast<short>(keys_wait ? 0 : POLLIN), 0},
        {picture ? STDOUT_FILENO : -1, POLLOUT, 0},
    };
    if (poll(ready, 4, -1) < 0) continue;
    if ((ready[0].revents & POLLOUT) && !flush_to_worker()) return outcome_;
    if ((ready[0].revents & ~POLLOUT) && !read_worker()) return outcome_;
    if (ready[1].revents && !read_signal()) return outcome_;
    if (ready[2].revents && !read_terminal()) return outcome_;
    if (ready[3].revents && !flush_to_terminal()) return outcome_;
  }
}

void relay::say_hello() {
  const auto size = terminal_.size();
  unsigned char payload[5] = {wire::version};
  wire::write_u16(payload + 1, size.rows);
  wire::write_u16(payload + 3, size.columns);
  send(wire::frame::hello, payload, sizeof payload);
}

void relay::say_size() {
  size_waits_ = to_worker_length_ > 0;
  if (size_waits_) return;
  const auto size = terminal_.size();
  unsigned char payload[4];
  wire::write_u16(payload, size.rows);
  wire::write_u16(payload + 2, size.columns);
  send(wire::frame::size, payload, sizeof payload);
}

void relay::send(wire::frame type, const void* payload, std::size_t length) {
  if (sizeof to_worker_ - to_worker_length_ < wire::header_bytes + length) return;
  auto* at = to_worker_ + to_worker_length_;
  wire::write_header(at, type, length);
  if (length > 0) std::memcpy(at + wire::header_bytes, payload, length);
  to_worker_length_ += wire::header_bytes + length;
  flush_to_worker(); // a failure shows again when the worker is read
}

bool relay::flush_to_worker() {
  const auto count = ::send(worker_, to_worker_, to_worker_length_, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (count < 0) return try_again();
  to_worker_length_ -= static_cast<std::size_t>(count);
  std::memmove(to_worker_, to_worker_ + count, to_worker_length_);
  if (to_worker_length_ == 0 && size_waits_) say_size();
  return true;
}

bool relay::flush_to_terminal() {
  const auto count =
      write(STDOUT_FILENO, picture_ + picture_written_, picture_length_ - picture_written_);
  if (count < 0) {
    if (!try_again()) outcome_ = outcome::guest_gone;
    return try_again();
  }
  picture_written_ += static_cast<std::size_t>(count);
  if (picture_written_ == picture_length_) send(wire::frame::drawn, nullptr, 0);
  return true;
}

bool relay::read_worker() {
  if (head_length_ < sizeof head_) {
    const auto count =
        recv(worker_, head_ + head_length_, sizeof head_ - head_length_, MSG_DONTWAIT);
    if (count <= 0) return count < 0 && try_again();
    head_length_ += static_cast<std::size_t>(count);
    if (head_length_ < sizeof head_) return true;
  }
  const auto head = wire::read_header(head_);
  if (head.length > sizeof payload_) return false;
  if (payload_length_ < head.length) {
    const auto count =
        recv(worker_, payload_ + payload_length_, head.length - payload_length_, MSG_DONTWAIT);
    if (count <= 0) return count < 0 && try_again();
    payload_length_ += static_cast<std::size_t>(count);
  }
  return payload_length_ < head.length || take_frame();
}

bool relay::take_frame() {
  const auto type = static_cast<wire::frame>(wire::read_header(head_).type);
  head_length_ = 0;
  if (type == wire::frame::end) {
    outcome_ = outcome::told;
    return false;
  }
  if (type != wire::frame::draw || picture_written_ < picture_length_) return false;
  std::memcpy(picture_, payload_, payload_length_);
  picture_length_ = payload_length_;
  picture_written_ = payload_length_ = 0;
  return flush_to_terminal();
}

bool relay::read_terminal() {
  char keys[wire::max_to_worker];
  const auto count = read(STDIN_FILENO, keys, sizeof keys);
  if (count < 0 && try_again()) return true;
  if (count <= 0) {
    outcome_ = outcome::guest_gone;
    return false;
  }
  send(wire::frame::input, keys, static_cast<std::size_t>(count));
  return true;
}

bool relay::read_signal() {
  signalfd_siginfo what{};
  if (read(signals_, &what, sizeof what) != sizeof what) return true;
  if (what.ssi_signo == SIGWINCH) {
    say_size();
    return true;
  }
  outcome_ = outcome::guest_gone;
  return false;
}

} // namespace termlease::guest
