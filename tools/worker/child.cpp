#include "tools/worker/child.hpp"

#include "messages/failure.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace termlease::worker {

namespace {

[[noreturn]] void process_failed(const char* what) {
  throw messages::failed("process_failed", std::string(what) + ": " + std::strerror(errno),
                         "see `ulimit -u` and `ulimit -n`");
}

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> result;
  for (const auto& each : words) result.push_back(const_cast<char*>(each.c_str()));
  result.push_back(nullptr);
  return result;
}

struct program {
  char** argv;
  char** env;
  const child_spec& spec;
};

// Runs between fork and exec: only system calls.
[[noreturn]] void become(const program& what, pid_t parent) {
  const auto& [argv, env, spec] = what;
  prctl(PR_SET_PDEATHSIG, spec.death_signal);
  if (getppid() != parent) _exit(exit_not_runnable); // the parent died before the line above
  const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  dup2(spec.input < 0 ? nothing : spec.input, STDIN_FILENO);
  dup2(spec.output < 0 ? nothing : spec.output, STDOUT_FILENO);
  dup2(spec.errors < 0 ? nothing : spec.errors, STDERR_FILENO);
  close_range(STDERR_FILENO + 1, ~0U, 0);
  for (int number = 1; number < NSIG; ++number) std::signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  setsid();
  execve(argv[0], argv, env);
  const int why = errno;
  const char* text = std::strerror(why);
  [[maybe_unused]] auto ignored = write(STDERR_FILENO, text, std::strlen(text));
  _exit(why == ENOENT ? exit_not_found : exit_not_runnable);
}

} // namespace

child::child(loop& events, const child_spec& spec, std::function<void(int)> exited)
    : loop_(events), exited_(std::move(exited)) {
  auto argv = pointers(spec.argv);
  // Whatever else it gets, by the runtime's mark it can be found.
  auto with_mark = spec.env;
  if (const char* runtime = std::getenv("TERMLEASE_RUNTIME"))
    with_mark.push_back(std::string("TERMLEASE_RUNTIME=") + runtime);
  auto env = pointers(with_mark);
  const program what{argv.data(), env.data(), spec};
  const auto parent = getpid();
  // Our handlers must not run in the child.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &before);
  pid_ = fork();
  if (pid_ == 0) become(what, parent);
  sigprocmask(SIG_SETMASK, &before, nullptr);
  running_ = pid_ > 0;
  if (running_) pidfd_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)); // always CLOEXEC
  if (pidfd_ < 0) {
    if (running_) kill(pid_, SIGKILL);
    if (running_) waitpid(pid_, nullptr, 0);
    process_failed("a process could not be started and watched");
  }
  loop_.watch(pidfd_, EPOLLIN, [this](std::uint32_t) { reap(); });
}

child::~child() {
  signal(SIGTERM);
  if (!running_) return;
  loop_.watch(pidfd_, EPOLLIN, [&events = loop_, fd = pidfd_, pid = pid_](std::uint32_t) {
    waitpid(pid, nullptr, WNOHANG);
    events.forget(fd);
    close(fd);
  });
}

void child::signal(int number) {
  if (running_) syscall(SYS_pidfd_send_signal, pidfd_, number, nullptr, 0);
}

void child::reap() {
  int status = 0;
  const auto got = waitpid(pid_, &status, WNOHANG);
  if (got == 0 || (got < 0 && errno == EINTR)) return;
  running_ = false;
  loop_.forget(pidfd_);
  close(pidfd_);
  pidfd_ = -1;
  if (const auto exited = std::move(exited_)) exited(status);
}

pipe_ends make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) process_failed("a pipe could not be made");
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return {ends[0], ends[1]};
}

} // namespace termlease::worker
