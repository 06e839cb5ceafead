#pragma once

// Why: the runtime, `termlease doctor` and the demo must agree on which upterm is used. It is
// looked for by looking at files only: asking each candidate for its version would cost every start
// what one person needs once, in doctor.

#include "config/paths.hpp"
#include "config/settings.hpp"

#include <filesystem>
#include <string_view>
#include <vector>

namespace termlease::config {

/// The oldest releases that work.
inline constexpr std::string_view oldest_upterm = "0.20";
inline constexpr std::string_view oldest_tmux = "3.2";

/// The two programs of one upterm.
struct upterm_programs {
  std::filesystem::path upterm;
  std::filesystem::path uptermd; ///< empty when a relay of the user's own is set and none was found
};

/// Finds upterm and its relay: as set; else as built by us, which is done only where PATH has none
/// that is new enough; else from PATH. Throws `failed` (`backend_missing`).
upterm_programs find_upterm(const settings& chosen, const paths& where,
                            const surroundings& around = this_process());

/// Finds tmux: as set, else from PATH. Throws `failed` (`tmux_missing`).
std::filesystem::path find_tmux(const settings& chosen,
                                const surroundings& around = this_process());

/// The first executable file of that name in PATH; empty when there is none.
std::filesystem::path on_path(std::string_view program,
                              const surroundings& around = this_process());

/// The `bin` folders in which we build upterm, newest first.
std::vector<std::filesystem::path> built_upterms(const paths& where,
                                                 const surroundings& around = this_process());

} // namespace termlease::config
