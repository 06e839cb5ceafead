#pragma once

// Why: what the hall says to a guest's program, and what it bears from one, is seen best by a
// program that says just what a test wants.

#include "tests/support/catch.hpp"
#include "tools/guest/wire.hpp"

#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace termlease::tests {

/// A guest program that does as it is told.
class fake_guest {
public:
  explicit fake_guest(const std::string& path)
      : fd_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }

  ~fake_guest() { close(fd_); }

  fake_guest(const fake_guest&) = delete;
  fake_guest& operator=(const fake_guest&) = delete;

  void raw(std::string_view bytes) {
    REQUIRE(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) >= 0);
  }

  void send(guest_wire::frame type, std::string_view payload) {
    std::string bytes(guest_wire::header_bytes, '\0');
    guest_wire::write_header(reinterpret_cast<unsigned char*>(bytes.data()), type, payload.size());
    raw(bytes.append(payload));
  }

  void hello() { send(guest_wire::frame::hello, std::string_view("\1\30\0\120\0", 5)); }

  /// Every byte that came so far; nothing when the other side hung up after it.
  std::string& received() {
    char part[4096];
    ssize_t count = 0;
    while ((count = recv(fd_, part, sizeof part, MSG_DONTWAIT)) > 0)
      received_.append(part, static_cast<std::size_t>(count));
    hung_up_ |= count == 0;
    return received_;
  }

  /// Says that every picture that came is drawn, and so wants the next.
  void keep_up() {
    const auto& bytes = received();
    while (bytes.size() >= read_ + guest_wire::header_bytes) {
      const auto next =
          guest_wire::read_header(reinterpret_cast<const unsigned char*>(bytes.data()) + read_);
      if (bytes.size() < read_ + guest_wire::header_bytes + next.length) return;
      read_ += guest_wire::header_bytes + next.length;
      if (next.type == static_cast<int>(guest_wire::frame::draw))
        send(guest_wire::frame::drawn, {});
    }
  }

  bool hung_up() { return received(), hung_up_; }

private:
  int fd_;
  std::string received_;
  std::size_t read_ = 0; ///< of it, by `keep_up`
  bool hung_up_ = false;
};

} // namespace termlease::tests
