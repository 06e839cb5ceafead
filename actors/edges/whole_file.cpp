#include "actors/edges/whole_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace termlease::actors {

messages::failure file_failure(const std::string& what, const std::string& path, int problem) {
  return {"file_failed", "can't " + what + " " + path + ": " + std::strerror(problem),
          "check the space on the disk and who owns the folder", true};
}

messages::failure write_whole_file(const std::string& path, std::string_view text) {
  const auto draft = path + ".new";
  const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return file_failure("write", path, errno);
  const auto written = ::write(file, text.data(), text.size());
  const int problem = errno;
  ::close(file);
  const bool whole = written == static_cast<ssize_t>(text.size());
  if (whole && ::rename(draft.c_str(), path.c_str()) == 0) return {};
  const int reason = whole ? errno : written < 0 ? problem : ENOSPC;
  ::unlink(draft.c_str());
  return file_failure("write", path, reason);
}

} // namespace termlease::actors
