#include "tools/worker/tmate/relay_guests.hpp"

#include "tools/worker/descendants.hpp"
#include "tools/worker/proc_entries.hpp"

#include <algorithm>
#include <csignal>
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

std::string terminal_of(pid_t client) {
  return read_link(path_of(client, "/fd/0"));
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

/// The relay's processes of the guests of `door`, the oldest first.
std::vector<pid_t> look_below(pid_t ancestor, const std::string& door) {
  const auto title = "[" + door + "...] (daemon)";
  std::set<std::string> held;
  std::vector<pid_t> clients; // of whichever share
  for_each_number("/proc", [&](int pid) {
    const auto words = read_small_file(path_of(pid, "/cmdline"));
    const bool is_session = words.find(title) != std::string::npos;
    const bool is_client = words.find("...] (pty client)") != std::string::npos;
    if ((!is_session && !is_client) || !is_descendant(pid, ancestor)) return;
    if (is_session)
      held.merge(terminals_held(pid));
    else
      clients.push_back(pid);
  });
  std::erase_if(clients, [&](pid_t pid) { return !held.contains(terminal_of(pid)); });
  std::ranges::sort(clients, {}, [](pid_t pid) { return std::pair(start_of(pid), pid); });
  return clients;
}

bool has(const std::vector<pid_t>& all, pid_t one) {
  return std::ranges::find(all, one) != all.end();
}

} // namespace

void relay_guests::put_out_but(const std::string& door, std::size_t stay, bool all_have_come) {
  if (door.empty()) return;
  const auto found = look_below(ancestor_, door);
  std::erase_if(there_, [&](pid_t pid) { return !has(found, pid); });
  for (const auto pid : found)
    if (!has(there_, pid)) there_.push_back(pid);
  std::size_t in = 0;
  for (const auto pid : there_) {
    const bool served = is_raw(terminal_of(pid));
    const bool goes = served ? ++in > stay : all_have_come;
    if (goes) kill(pid, all_have_come ? SIGKILL : SIGTERM);
  }
}

} // namespace termlease::worker::tmate
