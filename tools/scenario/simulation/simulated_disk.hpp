#pragma once

// Why: the twin of the journal's storage and archive (bus/journal/storage.hpp): records in memory,
// chained as the real ones are, which stay when a runtime ends, on a disk that can be slow, full,
// or gone.

#include "bus/journal/chain.hpp"
#include "messages/journal.hpp"
#include "messages/runtime.hpp"

#include <caf/all.hpp>

#include <deque>
#include <functional>
#include <optional>
#include <vector>

namespace termlease::scenario {

class simulated_disk {
public:
  /// Both edges in one actor; the disk outlives it.
  caf::actor spawn_in(caf::actor_system& system);

  /// While held, commits arrive and are not answered.
  void hold() { hold_after(0); }

  /// Takes so many more commits, and holds the others.
  void hold_after(std::size_t commits_first) { until_held_ = commits_first; }

  /// Answers what waits, in order, once its actor's turn comes, and everything after it at once.
  void release();

  /// The runtime is gone: what waits is never written, and the next one finds a disk that works.
  void forget();

  /// Whether the records are those that were written, and the head that is known is among them.
  messages::chain_report verify(const messages::check_chain& known = {}) const;

  /// How many commits wait for `release`.
  std::size_t waiting() const { return commits_.size(); }

  std::vector<messages::record> records; ///< durable, in order
  std::size_t commits = 0;               ///< how often something became durable
  messages::failure problem;             ///< while set, every commit fails with it
  /// Told of each record as it becomes durable, before whoever wrote it knows.
  std::function<void(const messages::record&)> durable;
  /// When set, a batch with a record for which it is true fails with `bad_record`.
  std::function<bool(const messages::record&)> refuses;

private:
  using promise = caf::typed_response_promise<messages::recorded>;
  using released = caf::atom_constant<caf::atom("released")>;

  bus::chain_hash head() const;
  messages::recorded write(std::vector<messages::record> batch);
  messages::journal_part read(const messages::read_records& which) const;

  caf::weak_actor_ptr edge_;
  std::vector<bus::chain_hash> hashes_;   ///< of the records, each over all before it
  std::optional<std::size_t> until_held_; ///< commits before they are held; nothing: never
  std::deque<std::pair<messages::commit, promise>> commits_;
};

} // namespace termlease::scenario
