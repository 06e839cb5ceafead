#include "config/programs.hpp"

#include "messages/failure.hpp"

#include <algorithm>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace termlease::config {

namespace fs = std::filesystem;
using messages::failed;

namespace {

constexpr std::string_view how_to_get_upterm =
    "`./run` builds it once into your cache folder; `termlease doctor` tells more";

constexpr std::string_view how_to_get_tmate_relay =
    "`tools/backends/fetch-tmate-relay` fetches it once into your cache folder; or set a relay of "
    "your own (tmate.relay_host), or share through upterm";

bool is_program(const fs::path& file) {
  struct stat facts {};

  return ::stat(file.c_str(), &facts) == 0 && S_ISREG(facts.st_mode) &&
         ::access(file.c_str(), X_OK) == 0;
}

/// What the settings name has to be there: falling back in silence would run another program.
fs::path as_set(const std::string& program, std::string_view key, const char* code) {
  if (program.empty() || is_program(program)) return program;
  throw failed(code,
               std::string(key) + " is set to " + program + ", which is not a program that can run",
               "correct the path in the settings, or remove the line");
}

[[noreturn]] void missing(bool upterm) {
  if (upterm)
    throw failed("backend_missing", "upterm is not installed, and none was built yet",
                 std::string(how_to_get_upterm));
  throw failed("backend_missing", "uptermd, upterm's relay, is not installed, and none was built",
               std::string(how_to_get_upterm) + "; or set a relay of your own (upterm.relay_host)");
}

/// What the user's caches have of it, newest first: the file that says its age, in the folders of
/// `room` whose names begin with `prefix`.
std::vector<fs::path> in_caches(const paths& where, const surroundings& around, const char* room,
                                std::string_view prefix, const fs::path& file) {
  std::vector<std::pair<fs::file_time_type, fs::path>> found;
  // Made once for the user: also a demo or a test with a TERMLEASE_HOME of its own uses it.
  const fs::path xdg = around.variable("XDG_CACHE_HOME").value_or((where.home / ".cache").string());
  for (const auto& cache : {where.cache, xdg / "termlease"}) {
    std::error_code none;
    for (const auto& each : fs::directory_iterator(cache / room, none))
      if (each.path().filename().string().starts_with(prefix) && is_program(each.path() / file))
        found.emplace_back(fs::last_write_time(each.path() / file, none), each.path() / file);
  }
  std::ranges::sort(found, std::greater<>{});
  std::vector<fs::path> files;
  for (auto& [time, path] : found) files.push_back(std::move(path));
  return files;
}

} // namespace

fs::path on_path(std::string_view program, const surroundings& around) {
  const auto folders = around.variable("PATH").value_or("/usr/local/bin:/usr/bin:/bin");
  for (std::size_t at = 0; at <= folders.size();) {
    const auto end = std::min(folders.find(':', at), folders.size());
    const fs::path folder = folders.substr(at, end - at);
    // A relative folder would make the answer depend on where the runtime was started.
    if (folder.is_absolute() && is_program(folder / program)) return folder / program;
    at = end + 1;
  }
  return {};
}

std::vector<fs::path> built_upterms(const paths& where, const surroundings& around) {
  std::vector<fs::path> folders;
  for (const auto& upterm : in_caches(where, around, "backends", "upterm-", "bin/upterm"))
    if (is_program(upterm.parent_path() / "uptermd")) folders.push_back(upterm.parent_path());
  return folders;
}

std::vector<fs::path> fetched_relays(const paths& where, const surroundings& around) {
  return in_caches(where, around, "backends", "tmate-relay-", "relay");
}

upterm_choice find_upterm(const settings& chosen, const paths& where, const surroundings& around) {
  const upterm_programs set{
      as_set(chosen.upterm.program, "upterm.program", "backend_missing"),
      as_set(chosen.upterm.uptermd_program, "upterm.uptermd_program", "backend_missing")};
  const auto completed = [&](const fs::path& upterm, const fs::path& uptermd) {
    return upterm_programs{set.upterm.empty() ? upterm : set.upterm,
                           set.uptermd.empty() ? uptermd : set.uptermd};
  };
  const auto from_path = completed(on_path("upterm", around), on_path("uptermd", around));
  const auto built = built_upterms(where, around);
  const bool path_has_all = !from_path.upterm.empty() &&
                            (!from_path.uptermd.empty() || !chosen.upterm.relay_host.empty());
  if (built.empty()) {
    if (!path_has_all) missing(from_path.upterm.empty());
    return {from_path, {}};
  }
  const auto ours = completed(built.front() / "upterm", built.front() / "uptermd");
  if (!path_has_all) return {ours, {}};
  // Ours may be on PATH as well; and what is set is used whatever its age.
  if (from_path == ours) return {ours, {}};
  return {from_path, ours};
}

tmate_programs find_tmate(const settings& chosen, const paths& where, const surroundings& around) {
  tmate_programs found{
      as_set(chosen.tmate.program, "tmate.program", "backend_missing"),
      as_set(chosen.tmate.relay_program, "tmate.relay_program", "backend_missing")};
  if (found.tmate.empty()) found.tmate = on_path("tmate", around);
  if (found.tmate.empty())
    throw failed("backend_missing", "tmate is not installed",
                 "install it: apt-get install tmate; or share through upterm");
  if (!found.relay.empty() || !chosen.tmate.relay_host.empty()) return found;
  const auto fetched = fetched_relays(where, around);
  if (fetched.empty())
    throw failed("backend_missing", "tmate's relay, tmate-ssh-server, is not here",
                 std::string(how_to_get_tmate_relay));
  found.relay = fetched.front();
  return found;
}

fs::path find_tmux(const settings& chosen, const surroundings& around) {
  auto found = as_set(chosen.terminals.tmux, "terminals.tmux", "tmux_missing");
  if (found.empty()) found = on_path("tmux", around);
  if (found.empty())
    throw failed("tmux_missing", "tmux is not installed", "install it: apt-get install tmux");
  return found;
}

fs::path find_zellij(const settings& chosen, const paths& where, const surroundings& around) {
  auto found = as_set(chosen.terminals.zellij, "terminals.zellij", "host_missing");
  if (found.empty()) found = on_path("zellij", around);
  // Where `cargo install` puts it, which few have on the PATH of a service.
  if (const auto cargo = where.home / ".cargo" / "bin" / "zellij";
      found.empty() && is_program(cargo))
    found = cargo;
  if (const auto ours = in_caches(where, around, "hosts", "zellij-", "bin/zellij");
      found.empty() && !ours.empty())
    found = ours.front();
  if (found.empty())
    throw failed("host_missing", "zellij is not installed, and none was built yet",
                 "get one with cargo: cargo install --locked zellij; or build one into the cache: "
                 "tools/hosts/build-zellij");
  return found;
}

fs::path find_host(std::string_view host, const settings& chosen, const paths& where,
                   const surroundings& around) {
  if (host == "tmux") return find_tmux(chosen, around);
  if (host == "zellij") return find_zellij(chosen, where, around);
  throw failed("unknown_host", "'" + std::string(host) + "' is nothing that terminals live in here",
               "the hosts are: tmux, zellij");
}

} // namespace termlease::config
