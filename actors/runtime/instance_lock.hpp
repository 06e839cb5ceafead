#pragma once

// Why: two runtimes of one user would fight over the journal and the socket. The kernel keeps the
// lock, so nothing is left behind by whatever kills its holder.

#include <filesystem>

namespace termlease::actors {

class instance_lock {
public:
  /// Throws `failed` (`already_running`) naming the pid of the runtime that holds it.
  explicit instance_lock(const std::filesystem::path& file);
  ~instance_lock();
  instance_lock(const instance_lock&) = delete;
  instance_lock& operator=(const instance_lock&) = delete;

private:
  int file_ = -1;
};

} // namespace termlease::actors
