// The program: makes the process safe to hold secrets and to have descendants, then runs one share.
#include "messages/failure.hpp"
#include "tools/worker/loop.hpp"
#include "tools/worker/worker.hpp"

#include <array>
#include <csignal>
#include <cstdio>
#include <exception>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

void prepare_process() {
  while (true) { // descriptors 0 to 2 must exist before any other is made
    const int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (fd > STDERR_FILENO || fd < 0) {
      close(fd);
      break;
    }
  }
  // SIGTERM rather than SIGKILL: the descendants have to be ended first.
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
#if !defined(__SANITIZE_ADDRESS__) // whose leak check has to look into the process
  prctl(PR_SET_DUMPABLE, 0);
#endif
  umask(077);
  setsid(); // fails where it leads a session already
  std::signal(SIGPIPE, SIG_IGN);
}

int make_signal_descriptor() {
  sigset_t wanted;
  sigemptyset(&wanted);
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) sigaddset(&wanted, number);
  sigprocmask(SIG_BLOCK, &wanted, nullptr);
  return signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
}

void take_signals(int fd, termlease::worker::worker& share) {
  std::array<signalfd_siginfo, 8> seen; // NOLINT: filled by read
  const auto size = read(fd, seen.data(), sizeof seen);
  for (std::size_t i = 0; size > 0 && i < static_cast<std::size_t>(size) / sizeof seen[0]; ++i) {
    if (seen[i].ssi_signo == SIGCHLD)
      share.children_changed();
    else
      share.end(termlease::messages::farewell(termlease::messages::end_reason::worker_failed,
                                              "its worker was told to stop"));
  }
}

} // namespace

int main(int argc, char**) try {
  if (argc != 1) {
    std::fputs("termlease-worker is started by the runtime, which talks to it on its stdin.\n",
               stderr);
    return 2;
  }
  prepare_process();
  termlease::worker::loop events;
  termlease::worker::worker share(events, STDIN_FILENO, STDOUT_FILENO);
  const int signals = make_signal_descriptor();
  events.watch(signals, EPOLLIN, [&](std::uint32_t) { take_signals(signals, share); });
  events.run();
  return 0;

} catch (const std::exception& error) {

  std::fprintf(stderr, "termlease-worker: %s\n", error.what());
  return 1;
}
