#include "actors/shares/relays.hpp"

#include "actors/core/supervision.hpp"
#include "actors/shares/relay_keeper.hpp"
#include "messages/backends.hpp"
#include "messages/leases.hpp"

#include <map>

namespace termlease::actors {

using namespace messages;

namespace {

/// The branch's state and turns; lives inside the actor.
class relay_branch {
public:
  relay_branch(caf::event_based_actor* self, shared_environment env)
      : self_(self), env_(std::move(env)), children_(self, env_, "relays") {}

  caf::result<relay_address> acquire(const acquire_relay& wanted) {
    if (!is_backend(wanted.backend)) {
      relay_address none;
      none.problem = unknown_backend(wanted.backend);
      return none;
    }
    // With its sender: that is who holds the relay, and who gets the answer.
    self_->delegate(keeper_of(wanted.backend), wanted);
    return caf::delegated<relay_address>{};
  }

  void release(const release_relay& what) {
    for (const auto& [backend, keeper] : keepers_)
      if (what.backend.empty() || what.backend == backend) self_->send(keeper, what);
  }

  void restart(const std::string& id) { children_.restart(id); }

private:
  /// There from the first share on that needs it.
  const caf::actor& keeper_of(const std::string& backend) {
    auto& keeper = keepers_[backend];
    if (keeper) return keeper;
    keeper = spawn_facade(*self_);
    child_spec spec;
    spec.id = backend;
    spec.facade = keeper;
    spec.start = [this, backend] {
      return spawn_traceable(*self_, relay_keeper, env_, caf::actor_cast<caf::actor>(self_),
                             backend);
    };
    spec.gone = [this](const std::string&, const caf::error& why) { self_->quit(why); };
    children_.start(std::move(spec));
    return keeper;
  }

  caf::event_based_actor* self_;
  shared_environment env_;
  supervision children_;
  std::map<std::string, caf::actor> keepers_; ///< by backend
};

} // namespace

caf::behavior relays(caf::event_based_actor* self, shared_environment env) {
  auto state = std::make_shared<relay_branch>(self, std::move(env));
  return {
      [state](const acquire_relay& wanted) { return state->acquire(wanted); },
      [state](const release_relay& what) { state->release(what); },
      [state](const restart_child& again) { state->restart(again.id); },
  };
}

} // namespace termlease::actors
