#pragma once

// Why: the runtime, `termlease doctor` and the demo must agree on which upterm is used: that of
// PATH when it is recent enough, otherwise the one that was built; and so for tmate. Here files are
// only looked at; how old a program is, it has to be asked, which not everybody may wait for.

#include "config/paths.hpp"
#include "config/settings.hpp"

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace termlease::config {

/// The two programs of one upterm.
struct upterm_programs {
  std::filesystem::path upterm;
  std::filesystem::path uptermd; ///< empty when a relay of the user's own is set and none was found

  bool operator==(const upterm_programs&) const = default;
};

/// What to use, unless it is older than `oldest_upterm` and there is something else.
struct upterm_choice {
  upterm_programs first;
  std::optional<upterm_programs> where_too_old;
};

/// Finds upterm and its relay: as set, whatever its age; else from PATH, and where that is too old,
/// as built by us. Throws `failed` (`backend_missing`).
upterm_choice find_upterm(const settings& chosen, const paths& where,
                          const surroundings& around = this_process());

/// tmate and what starts its relay.
struct tmate_programs {
  std::filesystem::path tmate;
  std::filesystem::path relay; ///< empty when a relay of the user's own is set
};

/// Finds tmate: as set, else from PATH; and its relay: as set, else the newest one that
/// fetch-tmate-relay fetched. Throws `failed` (`backend_missing`).
tmate_programs find_tmate(const settings& chosen, const paths& where,
                          const surroundings& around = this_process());

/// Finds tmux: as set, else from PATH. Throws `failed` (`tmux_missing`).
std::filesystem::path find_tmux(const settings& chosen,
                                const surroundings& around = this_process());

/// Finds zellij: as set, else from PATH or of cargo, else as built by us. Throws `failed`
/// (`host_missing`).
std::filesystem::path find_zellij(const settings& chosen, const paths& where,
                                  const surroundings& around = this_process());

/// Finds the program of a host by its name. Throws `failed` as the two above, or `unknown_host`.
std::filesystem::path find_host(std::string_view host, const settings& chosen, const paths& where,
                                const surroundings& around = this_process());

/// The first executable file of that name in PATH; empty when there is none.
std::filesystem::path on_path(std::string_view program,
                              const surroundings& around = this_process());

/// The `bin` folders in which we build upterm, newest first.
std::vector<std::filesystem::path> built_upterms(const paths& where,
                                                 const surroundings& around = this_process());

/// The programs that start a tmate relay, newest first.
std::vector<std::filesystem::path> fetched_relays(const paths& where,
                                                  const surroundings& around = this_process());

} // namespace termlease::config
