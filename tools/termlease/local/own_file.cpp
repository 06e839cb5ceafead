#include "tools/termlease/local/own_file.hpp"

#include "messages/failure.hpp"
#include "tools/termlease/local/descriptor.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string>

namespace termlease::cli {

using messages::failed;

namespace {

[[noreturn]] void write_failed(const std::filesystem::path& file) {
  throw failed("write_failed", file.string() + " can't be written: " + std::strerror(errno),
               "check that the folder is yours and the disk is not full");
}

/// The name of a complete copy beside `file`.
std::string write_beside(const std::filesystem::path& file, std::string_view text) {
  std::string name = file.string() + ".XXXXXX";
  const descriptor to(::mkostemp(name.data(), O_CLOEXEC)); // makes it 0600
  if (!to) write_failed(file);
  while (!text.empty()) {
    const auto written = ::write(to.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) break;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (text.empty() && ::fsync(to.get()) == 0) return name;
  ::unlink(name.c_str());
  write_failed(file);
}

} // namespace

void write_own_file(const std::filesystem::path& file, std::string_view text, replacing how) {
  const auto made = write_beside(file, text);
  // link(2) refuses where rename(2) would replace.
  const int result = how == replacing::allowed ? ::rename(made.c_str(), file.c_str())
                                               : ::link(made.c_str(), file.c_str());
  const int problem = errno;
  if (how == replacing::forbidden || result != 0) ::unlink(made.c_str());
  if (result == 0) return;
  errno = problem;
  if (problem != EEXIST) write_failed(file);
  throw failed("file_exists", file.string() + " is there already",
               "`termlease policy check` checks it; --force replaces it");
}

} // namespace termlease::cli
