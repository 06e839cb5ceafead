#include "actors/edges/cgroups.hpp"

#include "actors/edges/runtime_mark.hpp"

#include <array>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace termlease::actors {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view prefix = "termlease-";

/// Where the unified hierarchy is mounted (proc(5), mountinfo); empty when it isn't.
fs::path unified_root() {
  std::ifstream mounts("/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream words(line);
    std::string number, parent, device, root, place;
    words >> number >> parent >> device >> root >> place;
    if (root == "/" && line.find(" - cgroup2 ") != std::string::npos) return place;
  }
  return {};
}

/// Its path below that, from /proc/self/cgroup (cgroups(7)).
fs::path own_path() {
  std::ifstream cgroups("/proc/self/cgroup");
  for (std::string line; std::getline(cgroups, line);)
    if (line.starts_with("0::/")) return line.substr(4);
  return {};
}

bool is_delegated(const fs::path& cgroup) {
  std::array<char, 2> value{};
  return ::getxattr(cgroup.c_str(), "user.delegate", value.data(), value.size()) == 1 &&
         value[0] == '1' && ::access((cgroup / "cgroup.procs").c_str(), W_OK) == 0;
}

bool holds_nobody(const fs::path& part) {
  std::ifstream processes(part / "cgroup.procs");
  return processes.peek() == std::ifstream::traits_type::eof();
}

} // namespace

fs::path delegated_cgroup() {
  const auto root = unified_root();
  const auto own = own_path();
  if (root.empty() || own.empty()) return {};
  return is_delegated(root / own) ? root / own : fs::path();
}

fs::path make_cgroup(const fs::path& delegated, const std::string& mark, std::uint64_t number) {
  if (delegated.empty()) return {};
  const auto part = delegated / (std::string(prefix) + mark + "-" + std::to_string(number));
  return ::mkdir(part.c_str(), 0700) == 0 ? part : fs::path();
}

bool end_cgroup(const fs::path& part) {
  if (!holds_nobody(part)) std::ofstream(part / "cgroup.kill") << '1';
  return ::rmdir(part.c_str()) == 0 || errno == ENOENT;
}

std::size_t sweep_cgroups(const fs::path& delegated) {
  std::size_t not_empty = 0;
  std::error_code problem;
  fs::directory_iterator each(delegated, problem);
  for (; !problem && each != fs::directory_iterator(); each.increment(problem)) {
    const auto name = each->path().filename().string();
    if (!name.starts_with(prefix)) continue;
    const auto mark = std::string_view(name).substr(prefix.size());
    const auto runtime = runtime_in(mark.substr(0, mark.rfind('-')));
    if (!runtime || lives(*runtime)) continue;
    not_empty += holds_nobody(each->path()) ? 0 : 1;
    end_cgroup(each->path());
  }
  return not_empty;
}

} // namespace termlease::actors
