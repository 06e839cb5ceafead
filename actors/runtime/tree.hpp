#pragma once

// Why: which branches there are, how they are wired and in which order they are planted is the same
// over the edges of a system and over simulated ones. Here is the whole tree, once; what it stands
// on is given to it.

#include "actors/core/environment.hpp"
#include "actors/core/supervision.hpp"
#include "actors/runtime/ledger.hpp"
#include "actors/runtime/root.hpp"
#include "bus/router/outbox.hpp"
#include "config/policy/source.hpp"

#include <caf/all.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace termlease::actors {

/// What a tree stands on; it outlives the tree.
struct ground {
  std::shared_ptr<environment> env; ///< with its edges; the tree adds its branches
  ledger* known = nullptr;          ///< what the journal said so far, and is kept current
  found_journal journal;
  caf::actor storage; ///< of the journal (bus/journal/storage.hpp)
  caf::actor archive;
  std::function<std::shared_ptr<config::policy_source>()> rules;
  std::function<std::uint32_t()> clients; ///< how many there are
  std::function<void(int status)> done;   ///< everything has ended; called once
  /// The root crashed: nobody supervises the branches any more. Called from any thread.
  std::function<void(const std::string& why)> root_lost;
};

class tree {
public:
  /// Gives each branch its lasting address, so that it can be spoken to from now on.
  tree(caf::actor_system& system, ground under);
  /// Ends the lasting addresses.
  ~tree();
  tree(const tree&) = delete;
  tree& operator=(const tree&) = delete;

  /// Starts every branch. `clients` takes what the router has for them.
  void plant(std::shared_ptr<bus::outbox> clients);

  const caf::actor& router() const { return router_; }

  const caf::actor& root() const { return root_; }

private:
  std::vector<child_spec> branches(std::shared_ptr<bus::outbox> clients);
  std::function<caf::actor()> journal();
  std::function<caf::actor()> router_for(std::shared_ptr<bus::outbox> clients);

  caf::actor_system& system_;
  ground under_;
  std::vector<caf::actor> facades_;
  caf::actor router_;
  caf::actor root_;
};

} // namespace termlease::actors
