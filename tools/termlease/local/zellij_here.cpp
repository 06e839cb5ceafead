#include "tools/termlease/local/zellij_here.hpp"

#include "tools/termlease/invocation.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <unistd.h>

namespace termlease::cli {

namespace fs = std::filesystem;

namespace {

constexpr int most_ancestors = 64;

std::string text_of(const fs::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

int parent_of(int pid) {
  const auto stat = text_of("/proc/" + std::to_string(pid) + "/stat");
  const auto name_end = stat.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream words(stat.substr(name_end + 1));
  std::string state;
  int parent = 0;
  words >> state >> parent;
  return parent;
}

} // namespace

std::optional<zellij_place> zellij_place_in(std::string_view session, std::string_view pane,
                                            const std::string& sockets) {
  const bool is_number = !pane.empty() && pane.size() <= 9 &&
                         pane.find_first_not_of("0123456789") == std::string_view::npos;
  if (session.empty() || !is_number) return std::nullopt;
  return zellij_place{sockets, std::string(session), "terminal_" + std::string(pane)};
}

std::string nearest_host(int pid) {
  for (int steps = 0; pid > 1 && steps < most_ancestors; ++steps, pid = parent_of(pid)) {
    const auto name = text_of("/proc/" + std::to_string(pid) + "/comm");
    for (const char* host : {"tmux", "zellij"})
      if (name.starts_with(host)) return host;
  }
  return {};
}

std::optional<zellij_place> zellij_place_here() {
  const auto place = zellij_place_in(variable("ZELLIJ_SESSION_NAME"), variable("ZELLIJ_PANE_ID"),
                                     zellij_sockets());
  if (place && !variable("TMUX").empty() && nearest_host(::getppid()) == "tmux") return {};
  return place;
}

std::string zellij_sockets() {
  if (const auto given = variable("ZELLIJ_SOCKET_DIR"); !given.empty()) return given;
  if (const auto given = variable("XDG_RUNTIME_DIR"); !given.empty()) return given + "/zellij";
  const auto temporary = variable("TMPDIR");
  return (fs::path(temporary.empty() ? "/tmp" : temporary) /
          ("zellij-" + std::to_string(::getuid())))
      .string();
}

} // namespace termlease::cli
