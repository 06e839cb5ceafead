#pragma once

// Why: no actor reports of itself. Under each is this base, which sees every message come and every
// turn begin and end: it counts them, so that a counter that stands still means that nothing
// happened, and tells the system's recorder, if there is one, what caused what. Debian's CAF is
// built without its profiler; these functions are what it would have been told by.

#include "bus/trace/carried.hpp"
#include "bus/trace/system.hpp"

#include <caf/all.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace termlease::actors {

using trace::actor_pulse;

/// Whether an actor that ended so was not meant to.
bool is_crash(const caf::error& why);

/// The next actor that this thread spawns is called so, its path in the tree.
class birth_name {
public:
  explicit birth_name(std::string name) : before_(std::exchange(next(), std::move(name))) {}

  ~birth_name() { next() = std::move(before_); }

  birth_name(const birth_name&) = delete;
  birth_name& operator=(const birth_name&) = delete;

  /// Whose name it is takes it away.
  static std::string take() { return std::exchange(next(), {}); }

private:
  static std::string& next();

  std::string before_;
};

class traced_actor : public caf::event_based_actor {
public:
  using beginning = std::function<caf::behavior(caf::event_based_actor*)>;

  traced_actor(caf::actor_config& config, beginning begin);

  const std::shared_ptr<actor_pulse>& pulse() const { return pulse_; }

  /// Its path in the tree; empty when nobody gave it one.
  const std::string& path() const { return path_; }

  void enqueue(caf::mailbox_element_ptr message, caf::execution_unit* on) override;
  resume_result resume(caf::execution_unit* on, std::size_t most_turns) override;

protected:
  caf::behavior make_behavior() override;
  caf::invoke_message_result consume(caf::mailbox_element& message) override;
  bool cleanup(caf::error&& why, caf::execution_unit* on) override;

private:
  class turn;

  std::int64_t now() { return trace::clock_ns(recorder_, system()); }

  void note_lost(const caf::mailbox_element& message);
  trace::beginning step(trace::step_kind kind, trace::mark cause);
  trace::mark begin_turn(trace::carried& message, std::int64_t began, std::uint64_t& id);
  trace::name_id name();

  beginning begin_;
  std::string path_;
  trace::recorder* recorder_;
  std::atomic<trace::name_id> name_{0}; ///< senders look it up, too, when a message is lost
  trace::mark born_in_;
  trace::mark last_; ///< the turn that is running, or was
  trace::open_requests requests_;
  std::int64_t free_since_ = 0; ///< when its last turn ended, while it goes on to the next
  bool ended_ = false;
  std::shared_ptr<actor_pulse> pulse_ = std::make_shared<actor_pulse>();
};

/// Spawns an actor under a name that is its path in the tree.
template <class Spawn> caf::actor named(std::string path, Spawn&& spawn) {
  const birth_name name(std::move(path));
  return spawn();
}

/// Spawns an actor whose exceptions end it with their text as the reason, instead of nothing.
template <caf::spawn_options How = caf::no_spawn_options, class Spawner, class Behavior,
          class... Args>
caf::actor spawn_traceable(Spawner& parent, Behavior behavior, Args... args) {
  return parent.template spawn<traced_actor, How>(traced_actor::beginning(
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
