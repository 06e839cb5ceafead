#pragma once

// Why: an actor's time is what its scheduler's clock says, and nothing in production code asks
// another clock. Here the clock stands still until a test moves it, and whoever has something to do
// later tells when; so half an hour passes in a millisecond, and the same way each time.

#include "bus/trace/system.hpp"
#include "messages/time.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace termlease::scenario {

/// Wall-clock time of a machine: it may be set, and it goes on when a runtime ends.
struct machine_clock {
  messages::instant wall{1'772'366'400'000}; ///< 2026-03-01T12:00:00Z
  std::int64_t boot_ms = 1'000'000;          ///< the clock that nobody can set
};

/// Something that has to be woken at times of its own, besides CAF's own timers.
struct sleeper {
  std::function<std::optional<messages::span>()> until_next; ///< from now; nothing: never
  std::function<void()> wake;                                ///< called when some are due
};

/// Chooses whose turn is next. Two runs that choose alike are the same run.
class scheduling {
public:
  struct candidate {
    caf::actor_id id = caf::invalid_actor_id;
    std::string_view path; ///< in the tree; empty of strangers
  };

  virtual ~scheduling() = default;
  /// The place in `ready` of whoever is next; `ready` is never empty.
  virtual std::size_t next(const std::vector<candidate>& ready) = 0;
};

/// An actor system whose time is moved by hand, on the caller's thread.
class virtual_time {
public:
  explicit virtual_time(std::shared_ptr<machine_clock> clock = std::make_shared<machine_clock>(),
                        std::shared_ptr<trace::recorder> recorder = nullptr);
  /// Drops what still waits for its time: a timer that arms itself again would never let go.
  ~virtual_time();
  virtual_time(const virtual_time&) = delete;
  virtual_time& operator=(const virtual_time&) = delete;

  caf::actor_system& system() { return system_; }

  void add(sleeper who) { sleepers_.push_back(std::move(who)); }

  /// Lets everybody do what can be done without time passing. Throws when that never ends.
  void settle();

  /// Nobody's turn comes any more, from the present one's end on; until `leave_machine`.
  void halt() { halted_ = true; }

  /// Called whenever everybody has come to rest.
  void at_rest(std::function<void()> look) { look_ = std::move(look); }

  /// Who is next among those that have something to do; always the first, unless told otherwise.
  void schedule(std::shared_ptr<scheduling> how) { scheduling_ = std::move(how); }

  /// Time passes, from each thing that is due to the next, never over one.
  void advance(messages::span by);
  /// Time passes until the next thing that is due, at most `limit`; returns how much.
  messages::span advance_to_next(messages::span limit);
  /// The machine sleeps: its wall clock and its boot clock go on, and no timer rings meanwhile.
  void sleep(messages::span how_long);
  /// From now on time passes for these actors only, and nobody looks at them any more.
  void leave_machine();
  /// Somebody sets the wall clock; no time passes.
  void set_wall_clock(messages::instant to);

  messages::instant now() const { return clock_->wall; }

  std::int64_t boot_ms() const { return clock_->boot_ms; }

private:
  caf::scheduler::test_coordinator& scheduler();
  std::optional<messages::span> until_next();
  void step(messages::span by);

  bool run_one();

  std::shared_ptr<machine_clock> clock_;
  std::shared_ptr<scheduling> scheduling_;
  std::function<void()> look_;
  std::vector<scheduling::candidate> ready_;
  std::vector<sleeper> sleepers_;
  bool halted_ = false;
  trace::system_config config_;
  caf::actor_system system_;
};

} // namespace termlease::scenario
