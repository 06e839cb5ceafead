#include "bus/journal/write_lock.hpp"

#include "bus/journal/failures.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <unistd.h>

namespace termlease::bus {

namespace {

std::string holder(int file) {
  std::array<char, 32> text{};
  const auto length = pread(file, text.data(), text.size() - 1, 0);
  const std::string pid(text.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  return pid.empty() ? "another process" : "process " + pid;
}

} // namespace

write_lock::write_lock(const std::filesystem::path& journal) {
  const auto path = journal.string() + ".lock";
  file_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file_ < 0) throw messages::failed(journal_failure(errno, "opening " + path, journal));
  try {
    take(journal);
  } catch (...) {
    close(file_);
    throw;
  }
}

void write_lock::take(const std::filesystem::path& journal) const {
  if (flock(file_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) throw messages::failed(journal_failure(errno, "locking", journal));
    throw messages::failed({"journal_locked",
                            holder(file_) + " writes the journal " + journal.string(),
                            "end it first, or let it serve: one runtime writes one journal", true});
  }
  // The name is for people; the lock holds without it, so a full disk doesn't matter here.
  const auto pid = std::to_string(getpid());
  if (ftruncate(file_, 0) == 0) [[maybe_unused]]
    const auto written = pwrite(file_, pid.data(), pid.size(), 0);
}

write_lock::~write_lock() {
  // Unlinking would let a second writer lock a new file while a third still waits at this one.
  close(file_);
}

} // namespace termlease::bus
