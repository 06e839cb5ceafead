#include "actors/edges/launch.hpp"

#include "messages/failure.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <linux/close_range.h>
#include <string_view>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

extern char** environ;

namespace termlease::actors {

using messages::failed;

namespace {

/// Closes both ends that are still its own.
struct pipe_pair {
  std::array<int, 2> ends{-1, -1};

  pipe_pair() {
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
      throw failed("spawn_failed", std::string("no pipe can be made: ") + std::strerror(errno),
                   "close some shares, or raise the limit of open files");
  }

  ~pipe_pair() {
    for (const int end : ends)
      if (end >= 0) ::close(end);
  }

  pipe_pair(const pipe_pair&) = delete;
  pipe_pair& operator=(const pipe_pair&) = delete;

  int take(std::size_t which) { return std::exchange(ends[which], -1); }
};

/// What a process writes to in order to join a cgroup; -1 without one.
struct door {
  int fd = -1;

  explicit door(const std::filesystem::path& cgroup) {
    if (!cgroup.empty()) fd = ::open((cgroup / "cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC);
  }

  ~door() {
    if (fd >= 0) ::close(fd);
  }

  door(const door&) = delete;
  door& operator=(const door&) = delete;
};

/// Why a child did not become its program.
struct trouble {
  int number = 0;
  bool of_folder = false; ///< it could not enter the folder that it was to start in
};

bool stays_private(std::string_view variable) {
  return variable.starts_with("TERMLEASE_") || variable.starts_with("TMUX") ||
         variable.starts_with("ZELLIJ") || variable.starts_with("STY=");
}

/// In the child: never returns. Reports why it failed through `report`.
[[noreturn]] void become(char* const* argv, char* const* variables, const char* directory,
                         const std::array<int, 3>& standard, int report, int cgroup, pid_t parent) {
  // Before it can have children. A layer less is no reason to end here; without one, -1 is refused.
  [[maybe_unused]] const auto joined = ::write(cgroup, "0", 1);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);
  ::setsid();
  for (int each = 0; each < 3; ++each) ::dup2(standard[static_cast<std::size_t>(each)], each);
  for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  // Libraries open files without CLOEXEC. A tmux server that inherits the bus socket would hold it
  // open, and leave clients without an answer, long after the runtime has gone.
  const bool closed = ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
  const bool inside = closed && ::chdir(directory) == 0;
  if (inside) ::execve(argv[0], argv, variables);
  const trouble problem{errno, closed && !inside};
  [[maybe_unused]] const auto told = ::write(report, &problem, sizeof problem);
  ::_exit(127);
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (const auto& each : texts) all.push_back(const_cast<char*>(each.c_str()));
  all.push_back(nullptr);
  return all;
}

/// `more` goes before the runtime's own variables of the same names.
std::vector<char*> environment_for_children(const std::vector<std::string>& more) {
  const auto is_given = [&](std::string_view variable) {
    return std::ranges::any_of(more, [name = variable.substr(0, variable.find('=') + 1)](
                                         const auto& each) { return each.starts_with(name); });
  };
  std::vector<char*> all;
  for (const auto& each : more) all.push_back(const_cast<char*>(each.c_str()));
  for (char** each = environ; *each != nullptr; ++each)
    if (!stays_private(*each) && !is_given(*each)) all.push_back(*each);
  all.push_back(nullptr);
  return all;
}

[[noreturn]] void could_not_run(const std::string& program, int problem) {
  const bool missing = problem == ENOENT || problem == EACCES || problem == ENOEXEC;
  throw failed(missing ? "program_missing" : "spawn_failed",
               "can't run " + program + ": " + std::strerror(problem),
               missing ? "`termlease doctor` tells how to get it" : "see `termlease doctor`");
}

[[noreturn]] void could_not_enter(const std::string& folder, int problem) {
  throw failed("bad_folder", "can't start in " + folder + ": " + std::strerror(problem),
               "name a folder that is there, and that you may enter");
}

} // namespace

launched launch(const std::vector<std::string>& argv, const std::string& working_directory,
                const std::vector<std::string>& more, const std::filesystem::path& cgroup) {
  pipe_pair input;
  pipe_pair output;
  pipe_pair errors;
  pipe_pair report;
  const door joining(cgroup);
  const auto arguments = pointers(argv);
  const auto variables = environment_for_children(more);
  const auto* directory = working_directory.empty() ? "/" : working_directory.c_str();
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) could_not_run(argv.at(0), errno);
  if (pid == 0)
    become(arguments.data(), variables.data(), directory,
           {input.ends[0], output.ends[1], errors.ends[1]}, report.ends[1], joining.fd, parent);
  ::close(report.take(1));
  trouble problem;
  if (::read(report.ends[0], &problem, sizeof problem) == sizeof problem) {
    ::waitpid(pid, nullptr, 0);
    if (problem.of_folder) could_not_enter(directory, problem.number);
    could_not_run(argv.at(0), problem.number);
  }
  const auto pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (pidfd < 0) {
    const int number = errno;
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    could_not_run(argv.at(0), number);
  }
  launched made{pid, pidfd, input.take(1), output.take(0), errors.take(0)};
  for (const int each : {made.input, made.output, made.errors}) ::fcntl(each, F_SETFL, O_NONBLOCK);
  return made;
}

} // namespace termlease::actors
