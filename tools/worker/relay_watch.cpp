#include "tools/worker/relay_watch.hpp"

#include "tools/worker/descendants.hpp"
#include "tools/worker/proc_entries.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace termlease::worker {

namespace {

/// The port of the other end of a TCP connection; 0 for everything else.
std::uint16_t peer_port(int fd) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return 0;
  if (peer.ss_family == AF_INET) return ntohs(reinterpret_cast<sockaddr_in&>(peer).sin_port);
  if (peer.ss_family == AF_INET6) return ntohs(reinterpret_cast<sockaddr_in6&>(peer).sin6_port);
  return 0;
}

void set(int fd, int level, int option, int value) {
  setsockopt(fd, level, option, &value, sizeof value);
}

/// A probe after a third of the time and each third; given up at the second that is unanswered.
void limit_silence(int fd, std::chrono::milliseconds patience) {
  const auto third = static_cast<int>(std::max<std::int64_t>(1, patience.count() / 3000));
  set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set(fd, IPPROTO_TCP, TCP_KEEPIDLE, third);
  set(fd, IPPROTO_TCP, TCP_KEEPINTVL, third);
  set(fd, IPPROTO_TCP, TCP_KEEPCNT, 2);
  set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 2000 * third);
}

int watch_process(pid_t process, std::uint16_t port, std::chrono::milliseconds patience) {
  const auto handle = static_cast<int>(syscall(SYS_pidfd_open, process, 0));
  if (handle < 0) return 0;
  int found = 0;
  for_each_number("/proc/" + std::to_string(process) + "/fd", [&](int fd) {
    const auto copy = static_cast<int>(syscall(SYS_pidfd_getfd, handle, fd, 0));
    if (copy < 0) return;
    if (peer_port(copy) == port) {
      limit_silence(copy, patience);
      ++found;
    }
    close(copy);
  });
  close(handle);
  return found;
}

} // namespace

int watch_connections(pid_t process, std::uint16_t port, std::chrono::milliseconds patience) {
  if (process <= 0 || port == 0) return 0;
  int found = 0;
  for_each_number("/proc", [&](int pid) {
    if (pid == process || is_descendant(pid, process)) found += watch_process(pid, port, patience);
  });
  return found;
}

} // namespace termlease::worker
