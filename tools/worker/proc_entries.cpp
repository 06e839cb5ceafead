#include "tools/worker/proc_entries.hpp"

#include <array>
#include <climits>
#include <fcntl.h>
#include <unistd.h>

namespace termlease::worker {

std::string read_small_file(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};
  std::string text;
  std::array<char, 1024> part{};
  for (ssize_t count = 0; (count = read(fd, part.data(), part.size())) > 0;)
    text.append(part.data(), static_cast<std::size_t>(count));
  close(fd);
  return text;
}

std::string read_link(const std::string& path) {
  std::array<char, PATH_MAX> target{};
  const auto length = readlink(path.c_str(), target.data(), target.size());
  return {target.data(), length < 0 ? 0 : static_cast<std::size_t>(length)};
}

} // namespace termlease::worker
