#pragma once

// Why: what goes wrong only sometimes goes wrong in some order of turns. A schedule chooses that
// order from a seed: in the order of arrival; at random; or as PCT does, by priorities that change
// at few random points, which finds a bug of small depth with a probability that can be told
// (Burckhardt et al., "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs").

#include "tools/scenario/simulation/virtual_time.hpp"

#include <memory>
#include <string>
#include <vector>

namespace termlease::scenario {

/// A schedule that also keeps a hash of all its choices.
class traced_schedule : public scheduling {
public:
  std::size_t next(const std::vector<candidate>& ready) final;

  std::uint64_t trace() const { return trace_; }

  std::size_t turns() const { return turns_; }

protected:
  virtual std::size_t choose(const std::vector<candidate>& ready) = 0;

private:
  std::uint64_t trace_ = 14695981039346656037ULL; // FNV-1a
  std::size_t turns_ = 0;
  caf::actor_id first_ = 0; ///< ids are told from that of the first turn on
};

/// `strategy` is fifo, random, pct, or recorded, which follows `order`.
std::shared_ptr<traced_schedule> make_schedule(const std::string& strategy, std::uint64_t seed,
                                               const std::vector<std::string>& order = {});

} // namespace termlease::scenario
