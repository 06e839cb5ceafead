#include "tools/termlease/runtime/interruption.hpp"

#include "tools/termlease/errors.hpp"

#include <array>
#include <csignal>
#include <poll.h>
#include <sys/signalfd.h>

namespace termlease::cli {

namespace {

constexpr std::array<int, 3> interruptions{SIGINT, SIGTERM, SIGHUP};
std::string_view last_line; // NOLINT: a handler sees nothing else

sigset_t interruption_set() {
  sigset_t set;
  sigemptyset(&set);
  for (const int each : interruptions) sigaddset(&set, each);
  return set;
}

void say_and_leave(int) {
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, last_line.data(), last_line.size());
  ::_exit(static_cast<int>(exit_code::interrupted));
}

} // namespace

void leave_when_interrupted(std::string_view line) {
  last_line = line;
  for (const int each : interruptions) std::signal(each, say_and_leave);
}

signal_watch::signal_watch() {
  const auto set = interruption_set();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  descriptor_ = descriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

bool signal_watch::wait(std::chrono::milliseconds patience) const {
  pollfd ready{descriptor_.get(), POLLIN, 0};
  return ::poll(&ready, 1, static_cast<int>(patience.count())) > 0;
}

bool signal_watch::take() const {
  signalfd_siginfo what{};
  return ::read(descriptor_.get(), &what, sizeof what) == sizeof what;
}

void signal_watch::release() const {
  for (const int each : interruptions) std::signal(each, SIG_DFL);
  const auto set = interruption_set();
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

} // namespace termlease::cli
