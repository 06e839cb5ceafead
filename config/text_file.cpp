#include "config/text_file.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace termlease::config {

namespace {

constexpr int tries_while_it_changes = 3;

class descriptor {
public:
  explicit descriptor(int fd) : fd_(fd) {}

  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }

  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;

  int get() const { return fd_; }

private:
  int fd_;
};

std::int64_t nanoseconds(const timespec& at) {
  return static_cast<std::int64_t>(at.tv_sec) * 1'000'000'000 + at.tv_nsec;
}

file_stamp stamp_from(const struct stat& facts) {
  return {facts.st_dev, facts.st_ino, static_cast<std::uint64_t>(facts.st_size),
          nanoseconds(facts.st_mtim), nanoseconds(facts.st_ctim)};
}

void complain(text_file& file, const std::filesystem::path& path, std::string what,
              std::string hint) {
  file.mistakes.push_back({path.string(), 0, 0, {}, std::move(what), std::move(hint)});
}

bool acceptable(const struct stat& facts, text_file& file, const std::filesystem::path& path) {
  if (!S_ISREG(facts.st_mode)) {
    complain(file, path, "is not a regular file", "name a text file");
  } else if (facts.st_uid != ::geteuid() && facts.st_uid != 0) {
    complain(file, path, "belongs to another user (uid " + std::to_string(facts.st_uid) + ")",
             "make it yours: sudo chown $USER " + path.string());
  } else if ((facts.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    complain(file, path, "can be written by others", "chmod go-w " + path.string());
  } else if (static_cast<std::uint64_t>(facts.st_size) > largest_file) {
    complain(file, path, "is larger than 1 MiB", "split or shorten it");
  }
  return file.mistakes.empty();
}

bool read_all(int fd, std::string& text) {
  std::array<char, 16384> part{};
  text.clear();
  while (text.size() <= largest_file) {
    const auto got = ::read(fd, part.data(), part.size());
    if (got == 0) return true;
    if (got > 0) text.append(part.data(), static_cast<std::size_t>(got));
    if (got < 0 && errno != EINTR) return false;
  }
  return true;
}

/// True when there is nothing to be gained from another try.
bool read_once(const std::filesystem::path& path, text_file& file) {
  // O_NONBLOCK: opening a pipe that nobody writes to would wait forever.
  const descriptor opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));

  struct stat before {};

  if (opened.get() < 0 || ::fstat(opened.get(), &before) != 0) {
    file.missing = errno == ENOENT || errno == ENOTDIR;
    if (!file.missing)
      complain(file, path, std::string("can't be opened: ") + std::strerror(errno),
               "check that you may read it");
    return true;
  }
  file.stamp = stamp_from(before);
  if (!acceptable(before, file, path)) return true;
  if (!read_all(opened.get(), file.text)) {
    complain(file, path, std::string("can't be read: ") + std::strerror(errno), {});
    return true;
  }
  if (file.text.size() > largest_file) {
    complain(file, path, "is larger than 1 MiB", "split or shorten it");
    return true;
  }

  struct stat after {};

  return ::fstat(opened.get(), &after) == 0 && stamp_from(after) == file.stamp;
}

} // namespace

text_file read_text_file(const std::filesystem::path& path) {
  text_file file;
  for (int i = 0; i < tries_while_it_changes; ++i)
    if (read_once(path, file)) return file;
  complain(file, path, "keeps changing while it is read", "write it elsewhere and rename it");
  return file;
}

file_stamp stamp_of(const std::filesystem::path& path) {
  struct stat facts {};

  return ::stat(path.c_str(), &facts) == 0 ? stamp_from(facts) : file_stamp{};
}

} // namespace termlease::config
