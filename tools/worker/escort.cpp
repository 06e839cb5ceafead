#include "tools/worker/escort.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace termlease::worker {

namespace {

using clock = std::chrono::steady_clock;

constexpr int leash_at = 3;
constexpr int hold_at = 4;
constexpr int first_unused = 5;

/// Keeps nothing of the worker's, above all not its pipes, whose closing tells the runtime of its
/// death.
void keep_only(int leash, int hold) {
  const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  leash = fcntl(leash, F_DUPFD, first_unused);
  hold = fcntl(hold < 0 ? nothing : hold, F_DUPFD, first_unused);
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nothing, standard);
  dup2(leash, leash_at);
  dup2(hold, hold_at);
  close_range(first_unused, ~0U, 0);
}

int exit_code(pid_t program) {
  int status = 0;
  while (waitpid(program, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Returns when the program is to go, or has gone.
void wait_for_orders(int program_exit, clock::time_point& settled) {
  while (true) {
    std::array<pollfd, 2> ready{{{leash_at, POLLIN, 0}, {program_exit, POLLIN, 0}}};
    if (poll(ready.data(), ready.size(), -1) < 0) continue;
    if (ready[1].revents != 0) return;
    char byte = 0;
    const auto count = read(leash_at, &byte, 1);
    if (count == 0) return;
    if (count > 0) settled = clock::now();
  }
}

void wait_until(clock::time_point settled, int program_exit) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(settled - clock::now()).count();
    pollfd gone{program_exit, POLLIN, 0};
    if (left <= 0 || poll(&gone, 1, static_cast<int>(left)) >= 0) return;
  }
}

} // namespace

void escort(const escort_orders& orders) {
  prctl(PR_SET_NAME, "worker-escort");
  setsid(); // all signals are blocked since before the fork: whoever wants it to go closes the
            // leash
  const auto self = getpid();
  auto settled = clock::now() + orders.settling;
  const pid_t program = fork();
  if (program == 0) orders.become(orders.program, self);
  if (program < 0) _exit(126);
  keep_only(orders.leash, orders.hold);
  const int program_exit = static_cast<int>(syscall(SYS_pidfd_open, program, 0));
  if (program_exit >= 0) {
    wait_for_orders(program_exit, settled);
    wait_until(settled, program_exit);
    kill(program, SIGKILL); // not reaped yet, so it is still that process
  }
  _exit(exit_code(program));
}

} // namespace termlease::worker
