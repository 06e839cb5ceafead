#include "actors/edges/orphans.hpp"

#include "actors/edges/runtime_mark.hpp"
#include "messages/failure.hpp"

#include <algorithm>
#include <csignal>
#include <optional>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace termlease::actors {

namespace {

/// The runtime whose mark is among the variables.
std::optional<process_facts> marked(const std::vector<std::string>& variables) {
  for (const auto& each : variables)
    if (each.starts_with(mark_variable))
      return runtime_in(std::string_view(each).substr(mark_variable.size()));
  return {};
}

/// A handle of that very process; -1 when it is gone.
int open_handle(const orphan& which) {
  const auto handle = static_cast<int>(::syscall(SYS_pidfd_open, which.pid, 0));
  if (handle >= 0 && lives({which.pid, 0, which.started})) return handle;
  if (handle >= 0) ::close(handle);
  return -1;
}

bool ended(int handle, std::chrono::milliseconds patience) {
  pollfd gone{handle, POLLIN, 0};
  return ::poll(&gone, 1, static_cast<int>(patience.count())) > 0;
}

void tell(int handle, int signal) {
  ::syscall(SYS_pidfd_send_signal, handle, signal, nullptr, 0);
}

} // namespace

std::vector<orphan> find_orphans() {
  std::vector<orphan> found;
  const auto problem = for_each_process([&](const process_facts& each) {
    const auto runtime = marked(variables_of(each.pid));
    if (!runtime || lives(*runtime)) return;
    const auto arguments = arguments_of(each.pid);
    found.push_back({each.pid, each.started, arguments.empty() ? "?" : arguments.front(),
                     std::to_string(runtime->pid)});
  });
  if (problem)
    throw messages::failed("find_failed",
                           "the processes can't be looked through: " + problem.message(),
                           "see whether /proc is mounted");
  return found;
}

std::size_t reap(const std::vector<orphan>& orphans, std::chrono::milliseconds patience) {
  std::size_t gone = 0;
  std::vector<int> handles;
  for (const auto& each : orphans) handles.push_back(open_handle(each));
  for (const int each : handles)
    if (each >= 0) tell(each, SIGTERM);
  const auto until = std::chrono::steady_clock::now() + patience;
  for (const int each : handles) {
    if (each >= 0) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
      if (!ended(each, std::max(left, std::chrono::milliseconds(0)))) tell(each, SIGKILL);
      gone += ended(each, std::chrono::seconds(1)) ? 1 : 0;
      ::close(each);
    } else {
      ++gone;
    }
  }
  return gone;
}

} // namespace termlease::actors
