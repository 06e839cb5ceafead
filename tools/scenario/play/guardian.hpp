#pragma once

// Why: some things hold in every scenario, whatever it shows and whatever goes wrong in it. They
// are looked at whenever the actors come to rest, in each run of each seed, and nobody has to ask.
//
// - No worker runs without a durable decision.
// - Nobody is in, and nothing happens, after the end was announced.
// - No share lives beyond its time; neither a terminal nor the runtime has more than its limit.
// - Each record of a share says what it belongs to, and none is there twice.
// - No terminal is gone but by its own end, or because somebody closed it.

#include "tools/scenario/simulation/world.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace termlease::scenario {

/// What did not hold.
struct breach {
  std::string what;
};

class guardian {
public:
  explicit guardian(const machine& on) : machine_(on) {}

  /// What does not hold now, if anything.
  std::optional<breach> look();

  /// How the lives of shares and approvals went: "active -> expiring".
  const std::set<std::string>& transitions() const { return transitions_; }

private:
  struct known_share {
    std::string terminal_id;
    std::string state;
    messages::instant expires_at;
  };

  /// The share that a worker works for; empty while it was not told.
  const std::string& share_of(const simulated_child& worker);
  std::optional<breach> read(const messages::record& each);
  std::optional<breach> look_at_workers();
  std::optional<breach> look_at_limits() const;
  bool is_overdue(const std::string& share, messages::instant expires_at);
  std::optional<breach> look_at_terminals();
  void follow(const messages::record& each, const messages::json& payload);

  const machine& machine_;
  std::size_t seen_ = 0;
  std::map<std::string, known_share> shares_;
  std::map<const simulated_child*, std::string> share_of_worker_; ///< children stay where they are
  std::set<std::string> allowed_;
  std::set<std::string> ended_;
  std::map<std::string, std::string> terminals_; ///< the sessions of the open ones
  std::set<std::string> closed_;                 ///< sessions of ours that a record calls closed
  std::map<std::string, std::int64_t> overdue_since_; ///< by the clock that nobody can set
  std::map<std::string, std::uint32_t> limits_;       ///< of terminals: shares at the same time
  std::int64_t disk_well_since_ = 0;                  ///< by the same clock
  std::set<std::string> ids_;                         ///< of records
  std::map<std::string, std::string> approvals_;
  std::set<std::string> transitions_;
};

} // namespace termlease::scenario
