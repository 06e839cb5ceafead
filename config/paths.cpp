#include "config/paths.hpp"

#include "messages/failure.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace termlease::config {

namespace fs = std::filesystem;
using messages::failed;

namespace {

/// How closed a folder has to be.
enum class closed {
  to_writers, ///< others may look, as they may in ~/.config
  to_all,     ///< others can't even enter
};

fs::path home_of(uid_t uid) {
  std::array<char, 16384> room{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(uid, &entry, room.data(), room.size(), &found) != 0 || !found) return {};
  return found->pw_dir;
}

/// A variable that holds an absolute path; the XDG rules say to ignore any other.
std::optional<fs::path> absolute_variable(const surroundings& around, const char* name) {
  const auto value = around.variable(name);
  if (!value || !value->starts_with('/')) return std::nullopt;
  return fs::path(*value).lexically_normal();
}

bool is_own_folder(const fs::path& folder, uid_t uid) {
  struct stat facts {};

  return ::lstat(folder.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode) && facts.st_uid == uid;
}

fs::path runtime_folder(const surroundings& around) {
  // After `su` the variable still names the folder of whoever logged in.
  const auto given = absolute_variable(around, "XDG_RUNTIME_DIR");
  if (given && is_own_folder(*given, around.uid)) return *given / "termlease";
  return around.temporary / ("termlease-" + std::to_string(around.uid));
}

void check(const fs::path& folder, closed how, uid_t uid) {
  struct stat facts {};

  // Settings may well be kept elsewhere; what holds sockets and the record is never a link, since a
  // link in /tmp may be anybody's.
  const bool links = how == closed::to_writers;
  if ((links ? ::stat(folder.c_str(), &facts) : ::lstat(folder.c_str(), &facts)) != 0)
    throw failed("folder_failed", folder.string() + " can't be looked at: " + std::strerror(errno),
                 "check the folders above it");
  if (S_ISLNK(facts.st_mode))
    throw failed("unsafe_folder", folder.string() + " is a symbolic link",
                 "remove it, or set TERMLEASE_HOME to a folder of your own");
  if (!S_ISDIR(facts.st_mode))
    throw failed("unsafe_folder", folder.string() + " is not a folder", "move it away");
  if (facts.st_uid != uid)
    throw failed("unsafe_folder",
                 folder.string() + " belongs to another user (uid " + std::to_string(facts.st_uid) +
                     ")",
                 "remove it, or set TERMLEASE_HOME to a folder of your own");
  const mode_t open = how == closed::to_all ? S_IRWXG | S_IRWXO : S_IWGRP | S_IWOTH;
  if ((facts.st_mode & open) != 0)
    throw failed("unsafe_folder",
                 folder.string() +
                     (how == closed::to_all ? " is open to others" : " can be written by others"),
                 (how == closed::to_all ? "chmod 700 " : "chmod go-w ") + folder.string());
}

void make(const fs::path& folder) {
  std::error_code problem;
  if (folder.has_parent_path() && !fs::exists(folder.parent_path(), problem))
    make(folder.parent_path());
  if (::mkdir(folder.c_str(), S_IRWXU) == 0 || errno == EEXIST) return;
  throw failed("folder_failed", folder.string() + " can't be made: " + std::strerror(errno),
               "check that the disk is not full and that you may write there");
}

void make_and_check(const fs::path& folder, closed how, uid_t uid) {
  make(folder);
  check(folder, how, uid);
}

} // namespace

surroundings this_process() {
  return {[](const char* name) -> std::optional<std::string> {
            const char* value = std::getenv(name);
            if (!value || !*value) return std::nullopt;
            return value;
          },
          home_of(::geteuid()), "/tmp", ::geteuid()};
}

paths find_paths(const surroundings& around) {
  const auto home = absolute_variable(around, "HOME").value_or(around.home);
  if (const auto given = around.variable("TERMLEASE_HOME")) {
    if (!given->starts_with('/'))
      throw failed("bad_home", "TERMLEASE_HOME is '" + *given + "', which is not an absolute path",
                   "set it to a path that begins with /, or unset it");
    const auto base = fs::path(*given).lexically_normal();
    return {home, base / "config", base / "state", base / "run", base / "cache"};
  }
  const auto folder = [&](const char* name, const char* standard) {
    if (const auto given = absolute_variable(around, name)) return *given / "termlease";
    if (!home.is_absolute())
      throw failed("bad_home", "no home folder is known", "set HOME or TERMLEASE_HOME");
    return home / standard / "termlease";
  };
  return {home, folder("XDG_CONFIG_HOME", ".config"), folder("XDG_STATE_HOME", ".local/state"),
          runtime_folder(around), folder("XDG_CACHE_HOME", ".cache")};
}

void prepare(const paths& folders, const surroundings& around) {
  check_socket_path(folders.bus_socket());
  check_socket_path(folders.tmux_socket());
  make_and_check(folders.config, closed::to_writers, around.uid);
  make_and_check(folders.cache, closed::to_writers, around.uid);
  make_and_check(folders.state, closed::to_all, around.uid);
  make_and_check(folders.runtime, closed::to_all, around.uid);
  make_and_check(folders.shares(), closed::to_all, around.uid);
  make_and_check(folders.traces(), closed::to_all, around.uid);
  make_and_check(folders.zellij_sockets(), closed::to_all, around.uid);
}

void check_socket_path(const fs::path& socket) {
  const auto length = socket.native().size();
  if (length <= longest_socket_path) return;
  throw failed("socket_path_too_long",
               "the socket path " + socket.string() + " has " + std::to_string(length) +
                   " bytes; the system allows " + std::to_string(longest_socket_path),
               "set TERMLEASE_HOME or XDG_RUNTIME_DIR to a shorter path");
}

} // namespace termlease::config
