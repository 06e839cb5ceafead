#pragma once

// Why: there is one writer. Whatever is asked for while a commit is under way goes into the next
// one (group commit), so the disk's latency is paid once for many, and no actor waits inside a
// turn: the blocking storage is an edge of its own. What is durable is acknowledged and published,
// in that order, and nothing else ever is.

#include "messages/journal.hpp"

#include <caf/all.hpp>

#include <cstddef>
#include <functional>
#include <memory>

namespace termlease::bus {

struct journal_options {
  std::size_t batch_limit = 512;               ///< records in one commit, as far as units allow
  std::size_t pending_limit = 10'000;          ///< records that wait; above it `journal_busy`
  messages::span retry = messages::seconds(1); ///< for records that must be kept
  /// Called with each durable record, before it is acknowledged: keeps what a restart needs.
  std::function<void(const messages::record&)> durable;
  /// Called with each record that has to be kept, as soon as it is known: it is a fact already.
  std::function<void(const messages::record&)> foreseen;
  std::function<void(const std::string&)> log; ///< never a secret; may be empty
};

/// Takes `append`, `keep`, `catch_up`, `read_records`, and the commands `query_audit` and
/// `verify_audit`. Writes through `storage`, reads through `archive` (see storage.hpp), publishes
/// to `router`.
caf::behavior journal(caf::event_based_actor* self, caf::actor storage, caf::actor archive,
                      caf::actor router, journal_options options);

} // namespace termlease::bus
