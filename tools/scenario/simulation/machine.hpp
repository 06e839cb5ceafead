#pragma once

// Why: a machine outlives the runtimes on it: its clock goes on, its disk keeps what is durable,
// the terminals' panes stay. Nothing of it is real, so one costs nothing and ten thousand fit in a
// minute.

#include "actors/terminals/host.hpp"
#include "config/policy/source.hpp"
#include "config/programs.hpp"
#include "config/settings.hpp"
#include "tools/scenario/simulation/simulated_disk.hpp"
#include "tools/scenario/simulation/simulated_files.hpp"
#include "tools/scenario/simulation/simulated_processes.hpp"
#include "tools/scenario/simulation/virtual_time.hpp"

#include <memory>
#include <set>
#include <span>
#include <string>

namespace termlease::scenario {

/// What is there whether or not a runtime runs.
struct machine {
  machine();

  /// As config/programs.hpp finds them, among `installed`.
  std::filesystem::path find_host(std::string_view host) const;
  config::upterm_choice find_upterm() const;
  config::tmate_programs find_tmate() const;

  std::span<const actors::host_entry> hosts = actors::known_hosts();
  std::set<std::string> installed{"tmux", "zellij", "upterm", "tmate"};
  config::upterm_choice upterm{{"/usr/bin/upterm", "/usr/bin/uptermd"}, {}};
  std::shared_ptr<machine_clock> clock = std::make_shared<machine_clock>();
  simulated_disk disk;
  simulated_files files;
  simulated_processes processes;
  config::settings settings;
  std::shared_ptr<config::text_policy_source> policy; ///< at first the starter policy
};

} // namespace termlease::scenario
