#pragma once

// Why: the root plants the tree and ends it. Above it there is nobody, so when a part of it fails
// too often the runtime ends: a runtime without its journal or its gate must not go on. When the
// root itself crashes, the process ends (tree.hpp, `root_lost`).

#include "actors/core/environment.hpp"
#include "actors/core/supervision.hpp"

#include <caf/all.hpp>

#include <functional>
#include <vector>

namespace termlease::actors {

/// The branch that all others tell what happened.
inline constexpr auto journal_id = "journal";

/// What the journal was found to be when the runtime started.
struct found_journal {
  messages::failure problem;   ///< it can't be continued: everything is refused, and may be read
  std::uint64_t cut_bytes = 0; ///< of an unfinished last write
};

struct root_options {
  std::vector<child_spec> children; ///< started in this order, ended in the other
  std::function<std::uint32_t()> clients;
  std::function<std::uint64_t()> last_sequence;
  messages::instant started_at;
  found_journal journal;
  std::function<void(int status)> done; ///< everything has ended; called once
};

/// Takes the commands `get_status` and `stop_runtime`, and `stop_now` from a signal.
caf::behavior root(caf::event_based_actor* self, shared_environment env, root_options options);

using stop_now = caf::atom_constant<caf::atom("stopnow")>;

} // namespace termlease::actors
