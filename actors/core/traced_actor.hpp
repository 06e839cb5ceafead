#pragma once

// Why: no actor reports of itself. Under each is this base, which sees every message come and every
// turn begin and end, so that a counter that stands still means that nothing happened. Debian's CAF
// is built without its profiler; these two functions are what it would have been told by.

#include <caf/all.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

namespace termlease::actors {

/// How far an actor came. It may be read at any time, by any thread, and outlives the actor.
struct actor_pulse {
  std::atomic<std::uint64_t> arrived{0};
  std::atomic<std::uint64_t> turns{0};
  std::atomic<std::int64_t> turn_began{0}; ///< nanoseconds of the actor's clock; 0 between turns

  std::uint64_t waiting() const {
    const auto done = turns.load();
    const auto all = arrived.load();
    return all > done ? all - done : 0;
  }
};

class traced_actor : public caf::event_based_actor {
public:
  using beginning = std::function<caf::behavior(caf::event_based_actor*)>;

  traced_actor(caf::actor_config& config, beginning begin)
      : caf::event_based_actor(config), begin_(std::move(begin)) {}

  const std::shared_ptr<actor_pulse>& pulse() const { return pulse_; }

  void enqueue(caf::mailbox_element_ptr message, caf::execution_unit* on) override {
    ++pulse_->arrived;
    caf::event_based_actor::enqueue(std::move(message), on);
  }

protected:
  caf::behavior make_behavior() override { return std::exchange(begin_, {})(this); }

  caf::invoke_message_result consume(caf::mailbox_element& message) override {
    const turn now(*pulse_, clock().now().time_since_epoch());
    const auto result = caf::event_based_actor::consume(message);
    if (result == caf::invoke_message_result::skipped) --pulse_->turns; // it waits on
    return result;
  }

private:
  /// Ends also when the turn crashes.
  struct turn {
    turn(actor_pulse& of, std::chrono::nanoseconds at) : pulse(of) {
      pulse.turn_began = std::max<std::int64_t>(1, at.count());
    }

    ~turn() {
      pulse.turn_began = 0;
      ++pulse.turns;
    }

    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;

    actor_pulse& pulse;
  };

  beginning begin_;
  std::shared_ptr<actor_pulse> pulse_ = std::make_shared<actor_pulse>();
};

/// Spawns an actor whose exceptions end it with their text as the reason, instead of nothing.
template <class Spawner, class Behavior, class... Args>
caf::actor spawn_traceable(Spawner& parent, Behavior behavior, Args... args) {
  return parent.template spawn<traced_actor>(traced_actor::beginning(
      [behavior, args...](caf::event_based_actor* self) mutable -> caf::behavior {
        self->set_exception_handler(
            [](caf::scheduled_actor*, std::exception_ptr& problem) -> caf::error {
              try {
                std::rethrow_exception(problem);
              } catch (const std::exception& why) {
                return caf::make_error(caf::sec::runtime_error, why.what());
              }
            });
        return behavior(self, std::move(args)...);
      }));
}

} // namespace termlease::actors
