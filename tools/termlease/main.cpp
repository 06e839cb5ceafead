#include "tools/termlease/cli.hpp"

#include <fcntl.h>
#include <iostream>
#include <unistd.h>

namespace {

/// A program that is started with a closed stream would otherwise get a socket as its stdout.
void keep_standard_streams() {
  for (;;) {
    const int opened = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    if (opened < 0) return;
    if (opened > STDERR_FILENO) {
      ::close(opened);
      return;
    }
    ::fcntl(opened, F_SETFD, 0);
  }
}

} // namespace

int main(int count, char** arguments) {
  keep_standard_streams();
  std::ios::sync_with_stdio(false);
  return termlease::cli::run(
      {arguments + (count > 0 ? 1 : 0), arguments + count},
      {std::cout, std::cerr, ::isatty(STDOUT_FILENO) == 1, ::isatty(STDERR_FILENO) == 1});
}
