#pragma once

// Why: what an actor needs from outside itself comes through here and nowhere else: the time of
// day, ids from the runtime's seed, the settings, the programs that are installed, and the
// addresses of edges and branches. A simulation fills in the same members.

#include "actors/core/roster.hpp"
#include "config/paths.hpp"
#include "config/programs.hpp"
#include "config/settings.hpp"
#include "messages/time.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace termlease::actors {

struct host_entry;

struct environment {
  std::string version;
  std::int32_t process_id = 0; ///< the runtime's own
  config::settings settings;
  config::paths paths;
  std::string guest_program;  ///< path of termlease-guest
  std::string worker_program; ///< path of termlease-worker

  std::function<messages::instant()> now;      ///< wall clock; any thread
  std::function<std::string()> next_id;        ///< UUIDv7; any thread
  std::function<double()> jitter;              ///< in [0, 1), from the runtime's seed; any thread
  std::function<void(const std::string&)> log; ///< never a secret; any thread
  std::shared_ptr<roster> actors = std::make_shared<roster>(); ///< that are supervised
  /// Told of each supervised actor that was started, by its path in the tree; may be empty.
  std::function<void(const std::string& path, const caf::actor&)> started;

  std::function<std::span<const host_entry>()> hosts; ///< what terminals can live in

  // The programs that are there now. Each throws `failed` as its namesake of config/programs.hpp.
  std::function<std::filesystem::path(std::string_view host)> find_host;
  std::function<config::upterm_choice()> find_upterm;
  std::function<config::tmate_programs()> find_tmate;

  // Edges.
  caf::actor processes;
  caf::actor alarms;
  caf::actor files;
  caf::actor flight; ///< null: what led to a crash isn't kept

  // Branches, each by its facade.
  caf::actor journal;
  caf::actor policy;
  caf::actor approvals;
  caf::actor tokens;
  caf::actor terminals;
  caf::actor relays;
  caf::actor shares;
};

using shared_environment = std::shared_ptr<const environment>;

} // namespace termlease::actors
