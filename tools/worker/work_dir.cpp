#include "tools/worker/work_dir.hpp"

#include "messages/failure.hpp"

#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace termlease::worker {

namespace {

[[noreturn]] void work_dir_failed(const std::string& what) {
  throw messages::failed("work_dir_failed", what + ": " + std::strerror(errno),
                         "check the free space and the rights of the runtime's folder");
}

// Takes the descriptor over.
void empty_open_dir(int fd) {
  DIR* const dir = fdopendir(fd);
  if (dir == nullptr) {
    close(fd);
    return;
  }
  while (const dirent* const entry = readdir(dir)) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (unlinkat(fd, entry->d_name, 0) == 0) continue;
    const int below = openat(fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (below < 0) continue;
    empty_open_dir(below);
    unlinkat(fd, entry->d_name, AT_REMOVEDIR);
  }
  closedir(dir);
}

} // namespace

std::string make_own_dir(const std::string& work_dir) {
  struct stat seen {};

  const bool fine = lstat(work_dir.c_str(), &seen) == 0 && S_ISDIR(seen.st_mode) &&
                    seen.st_uid == geteuid() && (seen.st_mode & 077) == 0;
  if (!fine)
    throw messages::failed("bad_work_dir", "the share's folder is missing, or others can enter it",
                           "the runtime makes it with mode 0700");
  // One letter: the path of a socket inside has to fit into 107 bytes.
  auto path = work_dir + "/w";
  remove_dir(path);
  make_private_dir(path);
  return path;
}

void make_private_dir(const std::string& path) {
  if (mkdir(path.c_str(), 0700) != 0) work_dir_failed("a folder of the share could not be made");
}

void write_private_file(const std::string& path, std::string_view text) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) work_dir_failed("a file of the share could not be written");
  const auto count = write(fd, text.data(), text.size());
  const bool whole = count == static_cast<ssize_t>(text.size());
  if (close(fd) != 0 || !whole) work_dir_failed("a file of the share could not be written");
}

void remove_dir(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return;
  empty_open_dir(fd);
  rmdir(path.c_str());
}

} // namespace termlease::worker
