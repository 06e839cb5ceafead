#include "tools/worker/tmate/relay_guests.hpp"

#include "tools/worker/descendants.hpp"
#include "tools/worker/proc_entries.hpp"

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <fcntl.h>
#include <set>
#include <string_view>
#include <termios.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace termlease::worker::tmate {

namespace {

constexpr std::string_view terminals = "/dev/pts/";

std::string path_of(pid_t pid, const char* what) {
  return "/proc/" + std::to_string(pid) + what;
}

/// What the relay's process of a share holds: the terminal of each guest who came to it.
std::set<std::string> terminals_held(pid_t session) {
  std::set<std::string> held;
  for_each_number(path_of(session, "/fd"), [&](int fd) {
    auto target = read_link(path_of(session, "/fd/") + std::to_string(fd));
    if (target.starts_with(terminals)) held.insert(std::move(target));
  });
  return held;
}

/// Whether somebody has made it raw.
bool is_raw(const std::string& terminal) {
  const int fd = open(terminal.c_str(), O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return false;
  termios modes{};
  const bool raw = tcgetattr(fd, &modes) == 0 && (modes.c_lflag & ICANON) == 0;
  close(fd);
  return raw;
}

struct relay_processes {
  std::set<std::string> held; ///< by those of the share
  std::vector<pid_t> clients; ///< of whichever share
};

relay_processes look_below(pid_t ancestor, const std::string& door) {
  const auto title = "[" + door + "...] (daemon)";
  relay_processes found;
  for_each_number("/proc", [&](int pid) {
    const auto words = read_small_file(path_of(pid, "/cmdline"));
    const bool is_session = words.find(title) != std::string::npos;
    const bool is_client = words.find("...] (pty client)") != std::string::npos;
    if ((!is_session && !is_client) || !is_descendant(pid, ancestor)) return;
    if (is_session)
      found.held.merge(terminals_held(pid));
    else
      found.clients.push_back(pid);
  });
  return found;
}

} // namespace

void put_out_but(pid_t ancestor, const std::string& door, std::size_t stay, bool all_have_come) {
  const auto found = look_below(ancestor, door);
  std::vector<std::pair<std::uint64_t, pid_t>> in;
  for (const auto pid : found.clients) {
    const auto terminal = read_link(path_of(pid, "/fd/0"));
    if (!found.held.contains(terminal)) continue;
    if (is_raw(terminal))
      in.emplace_back(start_of(pid), pid);
    else if (all_have_come)
      kill(pid, SIGTERM);
  }
  std::ranges::sort(in); // as they came
  for (auto each = std::min(stay, in.size()); each < in.size(); ++each)
    kill(in[each].second, SIGTERM);
}

} // namespace termlease::worker::tmate
