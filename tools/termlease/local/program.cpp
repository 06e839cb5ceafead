#include "tools/termlease/local/program.hpp"

#include "tools/termlease/local/descriptor.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace termlease::cli {

using clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t longest_output = std::size_t{64} << 10;

/// The child's side: only plain system calls until exec.
[[noreturn]] void become(char* const* argv, int output, listen_to what) {
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(what == listen_to::output ? nothing : output, STDERR_FILENO);
  ::execvp(argv[0], argv);
  ::_exit(127);
}

/// False when the deadline came first.
bool read_until_end(int from, std::string& into, clock::time_point deadline) {
  std::array<char, 4096> chunk{};
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now());
    pollfd ready{from, POLLIN, 0};
    const int count = ::poll(&ready, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    const auto got = ::read(from, chunk.data(), chunk.size());
    if (got <= 0) return true;
    const auto room = longest_output - into.size();
    into.append(chunk.data(), std::min(static_cast<std::size_t>(got), room));
  }
}

} // namespace

program_answer ask_program(const std::vector<std::string>& argv, listen_to what,
                           std::chrono::milliseconds deadline) {
  std::vector<char*> arguments;
  for (const auto& each : argv) arguments.push_back(const_cast<char*>(each.c_str()));
  arguments.push_back(nullptr);
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return {127, {}};
  const descriptor reader(ends[0]);
  descriptor writer(ends[1]);
  const pid_t child = ::fork();
  if (child == 0) become(arguments.data(), writer.get(), what);
  writer.reset();
  if (child < 0) return {127, {}};
  program_answer answer;
  const bool finished = read_until_end(reader.get(), answer.output, clock::now() + deadline);
  if (!finished) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  answer.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  if (!finished) answer.status = 124;
  return answer;
}

std::string without_line_end(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

} // namespace termlease::cli
