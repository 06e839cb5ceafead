#include "tools/termlease/local/own_file.hpp"

#include "messages/failure.hpp"
#include "tools/termlease/local/descriptor.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ext/stdio_filebuf.h>
#include <fcntl.h>
#include <ostream>
#include <string>

namespace termlease::cli {

using messages::failed;

namespace {

[[noreturn]] void write_failed(const std::filesystem::path& file) {
  throw failed("write_failed", file.string() + " can't be written: " + std::strerror(errno),
               "check that the folder is yours and the disk is not full");
}

using writer = std::function<void(std::ostream&)>;

/// False, with errno, when not all of it is on the disk.
bool is_written(int to, const writer& write) {
  const int copy = ::fcntl(to, F_DUPFD_CLOEXEC, 0); // closed by what follows
  if (copy < 0) return false;
  __gnu_cxx::stdio_filebuf<char> part(copy, std::ios::out);
  std::ostream stream(&part);
  write(stream);
  return stream.flush() && part.close() != nullptr && ::fsync(to) == 0;
}

/// The name of a complete copy beside `file`.
std::string write_beside(const std::filesystem::path& file, const writer& write) {
  std::string name = file.string() + ".XXXXXX";
  const descriptor to(::mkostemp(name.data(), O_CLOEXEC)); // makes it 0600
  if (!to) write_failed(file);
  try {
    if (is_written(to.get(), write)) return name;
  } catch (...) {
    ::unlink(name.c_str());
    throw;
  }
  const int problem = errno;
  ::unlink(name.c_str());
  errno = problem;
  write_failed(file);
}

} // namespace

void write_own_file(const std::filesystem::path& file, std::string_view text, replacing how) {
  write_own_file(
      file, [text](std::ostream& to) { to << text; }, how);
}

void write_own_file(const std::filesystem::path& file, const writer& write, replacing how) {
  const auto made = write_beside(file, write);
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
