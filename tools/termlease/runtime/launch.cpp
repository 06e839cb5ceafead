#include "tools/termlease/runtime/launch.hpp"

#include "bus/client/client.hpp"
#include "tools/termlease/local/descriptor.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace termlease::cli {

using messages::failed;
using clock = std::chrono::steady_clock;

namespace {

constexpr int ready_fd = 3;
constexpr std::size_t longest_answer = 65536;
constexpr std::chrono::milliseconds retry_pause{10};

[[noreturn]] void launch_failed(const std::string& why, const config::paths& where) {
  throw failed("runtime_failed", "the runtime could not be started: " + why,
               "see " + log_file(where).string() + ", or run `termlease daemon` to watch it start");
}

/// The child's side: nothing of the caller's is kept but its environment, without what says where
/// the caller sits and who it is. Returns only when something failed.
void become_runtime(int log, int ready) {
  ::setsid();
  // A second fork, so that whoever runs this command never has to wait for the runtime.
  const pid_t runtime = ::fork();
  if (runtime != 0) ::_exit(runtime < 0 ? 1 : 0);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::umask(077);
  for (const char* name : {"TERMLEASE_TOKEN", "TMUX", "TMUX_PANE"}) ::unsetenv(name);
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nothing < 0 || ::chdir("/") != 0) return;
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  if (ready == ready_fd)
    ::fcntl(ready, F_SETFD, 0);
  else
    ::dup2(ready, ready_fd);
  ::close_range(ready_fd + 1, ~0U, 0);
  const std::array<const char*, 5> arguments{"termlease", "daemon", "--ready-fd", "3", nullptr};
  ::execv("/proc/self/exe", const_cast<char* const*>(arguments.data()));
}

/// Everything until the writer closes; what came so far when the deadline is over.
std::string read_answer(int from, clock::time_point deadline) {
  std::string answer;
  std::array<char, 4096> chunk{};
  while (answer.size() < longest_answer && answer.find('\n') == std::string::npos) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now());
    pollfd ready{from, POLLIN, 0};
    const int count = ::poll(&ready, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    const auto got = ::read(from, chunk.data(), chunk.size());
    if (got <= 0) break;
    answer.append(chunk.data(), static_cast<std::size_t>(got));
  }
  return answer;
}

messages::failure failure_in(const std::string& answer) {
  const auto said = messages::json::parse(answer, nullptr, false);
  if (!said.is_object()) return {};
  return messages::decoded<messages::failure>(said);
}

bool somebody_listens(const config::paths& where) {
  try {
    const bus::client there(where.bus_socket());
    return true;
  } catch (const failed& problem) {
    if (problem.why().code != "no_runtime") throw;
    return false;
  }
}

descriptor open_log(const config::paths& where) {
  descriptor log(::open(log_file(where).c_str(),
                        O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!log) launch_failed(log_file(where).string() + ": " + std::strerror(errno), where);
  return log;
}

/// Nothing once it is ready; otherwise why this one didn't come up.
messages::failure launched(const config::paths& where, clock::time_point deadline) {
  const auto log = open_log(where);
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) launch_failed(std::strerror(errno), where);
  const descriptor reader(ends[0]);
  descriptor writer(ends[1]);
  const pid_t child = ::fork();
  if (child == 0) {
    become_runtime(log.get(), writer.get());
    ::_exit(1);
  }
  writer.reset();
  if (child < 0) launch_failed(std::strerror(errno), where);
  ::waitpid(child, nullptr, 0);
  const auto answer = read_answer(reader.get(), deadline);
  if (answer == "ready\n") return {};
  if (auto why = failure_in(answer)) return why;
  launch_failed(
      clock::now() < deadline ? "it ended before it was ready" : "it is not ready in time", where);
}

} // namespace

std::filesystem::path log_file(const config::paths& where) {
  return where.state / "runtime.log";
}

/// Whoever holds the lock may not listen yet, or may be dying and soon let go of it.
void launch_runtime(const config::paths& where) {
  config::prepare(where);
  const auto deadline = clock::now() + launch_deadline;
  for (;;) {
    const auto why = launched(where, deadline);
    if (!why) return;
    if (why.code != "already_running" || clock::now() >= deadline) throw failed(why);
    if (somebody_listens(where)) return;
    std::this_thread::sleep_for(retry_pause);
  }
}

} // namespace termlease::cli
