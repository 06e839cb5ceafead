#include "tools/worker/descendants.hpp"

#include "tools/worker/proc_entries.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace termlease::worker {

namespace {

constexpr int deepest_chain = 64;

constexpr int fields_before_start = 19; ///< from the state on, see proc(5)

std::string stat_of(pid_t pid) {
  return read_small_file("/proc/" + std::to_string(pid) + "/stat");
}

template <class Number = pid_t> Number leading_number(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} ? number : 0;
}

} // namespace

pid_t parent_in_stat(std::string_view stat) {
  // The name in parentheses may hold anything, also ") R 1": only the last one closes it.
  const auto name_end = stat.rfind(')');
  if (name_end == std::string_view::npos || stat.size() < name_end + 5) return 0;
  return leading_number(stat.substr(name_end + 4));
}

bool is_descendant(pid_t pid, pid_t ancestor) {
  for (int steps = 0; pid > 1 && steps < deepest_chain; ++steps) {
    pid = parent_in_stat(stat_of(pid));
    if (pid == ancestor && pid > 0) return true;
  }
  return false;
}

std::uint64_t start_of(pid_t pid) {
  const auto stat = stat_of(pid);
  auto at = stat.rfind(')');
  if (at == std::string::npos) return 0;
  ++at;
  for (int field = 0; field < fields_before_start && at != std::string::npos; ++field)
    at = stat.find(' ', at + 1);
  return at == std::string::npos
             ? 0
             : leading_number<std::uint64_t>(std::string_view(stat).substr(at + 1));
}

bool is_stopped(pid_t pid) {
  const auto stat = stat_of(pid);
  const auto name_end = stat.rfind(')');
  if (name_end == std::string::npos || stat.size() < name_end + 3) return false;
  const char state = stat[name_end + 2];
  return state == 'T' || state == 't';
}

std::string environment_of(pid_t pid, std::string_view name) {
  const auto all = read_small_file("/proc/" + std::to_string(pid) + "/environ");
  for (std::size_t at = 0; at < all.size();) {
    const auto end = std::min(all.find('\0', at), all.size());
    const auto entry = std::string_view(all).substr(at, end - at);
    if (entry.starts_with(name) && entry.substr(name.size()).starts_with('='))
      return std::string(entry.substr(name.size() + 1));
    at = end + 1;
  }
  return {};
}

std::vector<pid_t> own_children() {
  const auto self = std::to_string(getpid());
  const auto list = read_small_file("/proc/" + self + "/task/" + self + "/children");
  std::vector<pid_t> children;
  for (std::size_t at = 0; at < list.size();) {
    const auto end = list.find(' ', at);
    if (const auto pid = leading_number(std::string_view(list).substr(at, end - at)); pid > 0)
      children.push_back(pid);
    if (end == std::string::npos) break;
    at = end + 1;
  }
  return children;
}

void signal_own_children(int number) {
  // A child that is not reaped yet keeps its number, so these can't be somebody else's.
  for (const auto pid : own_children()) kill(pid, number);
}

bool reap_own_children() {
  pid_t got = 0;
  do {
    got = waitpid(-1, nullptr, WNOHANG);
  } while (got > 0 || (got < 0 && errno == EINTR));
  return got == 0;
}

} // namespace termlease::worker
