#include "actors/runtime/instance_lock.hpp"

#include "messages/failure.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <unistd.h>

namespace termlease::actors {

using messages::failed;

instance_lock::instance_lock(const std::filesystem::path& file) {
  file_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file_ < 0)
    throw failed("folder_failed", "can't open " + file.string() + ": " + std::strerror(errno),
                 "check who owns its folder, and the space on the disk");
  if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
    std::array<char, 32> pid{};
    const auto length = ::read(file_, pid.data(), pid.size() - 1);
    ::close(file_);
    const std::string holder(pid.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
    throw failed("already_running", "a runtime is running already (pid " + holder + ")",
                 "use it, or end it with `termlease daemon --stop`");
  }
  const auto pid = std::to_string(::getpid());
  if (::ftruncate(file_, 0) != 0 ||
      ::write(file_, pid.data(), pid.size()) != static_cast<ssize_t>(pid.size())) {
    const int problem = errno;
    ::close(file_);
    throw failed("folder_failed", "can't write " + file.string() + ": " + std::strerror(problem),
                 "check the space on the disk");
  }
}

instance_lock::~instance_lock() {
  ::close(file_);
}

} // namespace termlease::actors
