#include "tools/worker/unix_socket.hpp"

#include "tools/worker/work_dir.hpp"

#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace termlease::worker {

int connect_to(const std::string& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  errno = ENOENT;
  if (path.empty() || path.size() > socket_path_limit) return -1;
  std::memcpy(name.sun_path, path.data(), path.size());
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  if (connect(fd, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0) return fd;
  const int why = errno;
  close(fd);
  errno = why;
  return -1;
}

} // namespace termlease::worker
