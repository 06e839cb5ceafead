#pragma once

// Why: who asks for the tree must get an answer also while a part of it hangs, so no actor is
// asked: each supervisor writes down here what becomes of its children, and how far each came is
// counted by the actor's base.

#include "actors/core/traced_actor.hpp"
#include "messages/supervision.hpp"

#include <caf/all.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace termlease::actors {

/// Of one runtime; any thread.
class roster {
public:
  /// What of its budget an actor has spent, and what is left.
  struct budget {
    std::uint32_t used = 0;
    std::uint32_t left = 0;
  };

  using turns = std::map<std::string, std::uint64_t>;

  void running(const std::string& path, const caf::actor& actor, budget of);
  /// It crashed, and whoever is below it is gone; returns how many messages it hadn't handled.
  std::uint64_t restarting(const std::string& path, budget of);
  /// With all below it.
  void gone(const std::string& path);

  /// `now` is the actors' clock.
  std::vector<messages::actor_view> view(std::chrono::nanoseconds now) const;
  /// Null when nobody runs under that path.
  caf::actor find(const std::string& path) const;
  /// By the id of each open terminal.
  turns terminals() const;

private:
  struct entry {
    messages::actor_state state = messages::actor_state::running;
    budget of;
    caf::actor_addr address;
    std::shared_ptr<const actor_pulse> pulse;
  };

  void forget_below(const std::string& path);

  mutable std::mutex mutex_;
  std::map<std::string, entry> entries_;
};

} // namespace termlease::actors
