#pragma once

// Why: everything that the runtime leaves on a machine is in four folders of the user's, where the
// XDG rules put them, and the socket that gives a shell away is in one that nobody else can enter.
// TERMLEASE_HOME moves all four below one folder: a demo or a test then touches nothing else.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <sys/types.h>

namespace termlease::config {

/// `sockaddr_un::sun_path` holds 108 bytes, the last of which is the end of the text.
inline constexpr std::size_t longest_socket_path = 107;

/// What the folders depend on; the real one by `this_process()`, others in tests.
struct surroundings {
  std::function<std::optional<std::string>(const char* name)> variable;
  std::filesystem::path home; ///< from the user database, for when HOME is not set
  std::filesystem::path temporary = "/tmp";
  uid_t uid = 0;
};

surroundings this_process();

/// The folders, absolute; none needs to exist.
struct paths {
  std::filesystem::path home; ///< the user's, for "~/"
  std::filesystem::path config;
  std::filesystem::path state;
  std::filesystem::path runtime;
  std::filesystem::path cache;

  std::filesystem::path settings_file() const { return config / "config.toml"; }

  std::filesystem::path policy_file() const { return config / "policy.toml"; }

  std::filesystem::path journal() const { return state / "journal.db"; }

  std::filesystem::path bus_socket() const { return runtime / "bus.sock"; }

  std::filesystem::path tmux_socket() const { return runtime / "tmux.sock"; }

  /// Of our own zellij sessions; 0700.
  std::filesystem::path zellij_sockets() const { return runtime / "zellij"; }

  std::filesystem::path zellij_config() const { return zellij_sockets() / "config.kdl"; }

  std::filesystem::path shares() const { return runtime / "shares"; }

  /// What the actors did, of this runtime, of the one before, and before crashes.
  std::filesystem::path traces() const { return state / "traces"; }

  std::filesystem::path trace_ring() const { return traces() / "ring.trace"; }

  /// What guests of recorded shares saw; one folder a share.
  std::filesystem::path recordings() const { return state / "recordings"; }
};

/// Finds the folders and makes nothing.
/// Throws `failed`: bad_home (TERMLEASE_HOME is not absolute, or no home is known).
paths find_paths(const surroundings& around = this_process());

/// Makes what is missing, 0700, and checks what is there: nobody but the user can enter state and
/// runtime, nobody else can write config and cache, none of them is another user's, and state,
/// runtime and shares are no symbolic links.
/// Throws `failed`: unsafe_folder, folder_failed, socket_path_too_long.
void prepare(const paths& folders, const surroundings& around = this_process());

/// Throws `failed` (socket_path_too_long) when no socket can have this path.
void check_socket_path(const std::filesystem::path& socket);

} // namespace termlease::config
