#include "tools/scenario/simulation/virtual_time.hpp"

#include "actors/core/traced_actor.hpp"

#include <algorithm>
#include <stdexcept>

namespace termlease::scenario {

using messages::span;

namespace {

constexpr int most_turns = 1'000'000;

/// Opens the schedule of CAF's own test clock, which tells nobody what comes next.
struct open_clock : caf::detail::test_actor_clock {
  static const schedule_map& schedule_of(caf::detail::test_actor_clock& clock) {
    return clock.*(&open_clock::schedule_);
  }
};

trace::system_config& by_hand(trace::system_config& config,
                              std::shared_ptr<trace::recorder> recorder) {
  config.set("scheduler.policy", caf::atom("testing"));
  config.recorder = std::move(recorder);
  return config;
}

/// Rounded up: at that time it is due for sure.
span whole_ms(caf::actor_clock::duration_type left) {
  return {std::max<std::int64_t>(std::chrono::ceil<std::chrono::milliseconds>(left).count(), 0)};
}

} // namespace

virtual_time::virtual_time(std::shared_ptr<machine_clock> clock,
                           std::shared_ptr<trace::recorder> recorder)
    : clock_(std::move(clock)), system_(by_hand(config_, std::move(recorder))) {
  // Whoever a failed test left behind must not keep the others from being run.
  system_.await_actors_before_shutdown(false);
  // The machine's time goes on from one runtime to the next.
  scheduler().clock().current_time += std::chrono::milliseconds(clock_->boot_ms);
}

virtual_time::~virtual_time() {
  scheduler().clock().cancel_all();
  sleepers_.clear();
}

caf::scheduler::test_coordinator& virtual_time::scheduler() {
  return dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
}

void virtual_time::settle() {
  for (int turn = 0; !halted_ && run_one(); ++turn)
    if (turn > most_turns) throw std::runtime_error("the actors never come to rest");
  if (look_) look_();
}

bool virtual_time::run_one() {
  auto& jobs = scheduler().jobs;
  if (scheduling_ && !jobs.empty()) {
    ready_.clear();
    for (auto* each : jobs) {
      const auto* who = dynamic_cast<const caf::local_actor*>(each);
      const auto* traced = dynamic_cast<const actors::traced_actor*>(each);
      ready_.push_back({who == nullptr ? caf::invalid_actor_id : who->id(),
                        traced == nullptr ? std::string_view{} : traced->path()});
    }
    const auto which = jobs.begin() + static_cast<std::ptrdiff_t>(scheduling_->next(ready_));
    std::rotate(jobs.begin(), which, which + 1);
  }
  return scheduler().try_run_once();
}

std::optional<span> virtual_time::until_next() {
  std::optional<span> next;
  const auto sooner = [&](span left) { next = next ? std::min(*next, left) : left; };
  auto& clock = scheduler().clock();
  const auto& schedule = open_clock::schedule_of(clock);
  if (!schedule.empty()) sooner(whole_ms(schedule.begin()->first - clock.current_time));
  for (const auto& each : sleepers_)
    if (const auto left = each.until_next()) sooner(*left);
  return next;
}

void virtual_time::step(span by) {
  clock_->wall = clock_->wall + by;
  clock_->boot_ms += by.ms;
  scheduler().clock().advance_time(by.chrono());
  for (const auto& each : sleepers_) each.wake();
  settle();
}

void virtual_time::advance(span by) {
  settle();
  for (auto next = until_next(); next && *next <= by; next = until_next()) {
    step(*next);
    by.ms -= next->ms;
  }
  step(by);
}

span virtual_time::advance_to_next(span limit) {
  settle();
  const auto next = until_next();
  const auto by = next ? std::min(*next, limit) : limit;
  step(by);
  return by;
}

void virtual_time::sleep(span how_long) {
  clock_->wall = clock_->wall + how_long;
  clock_->boot_ms += how_long.ms;
  for (const auto& each : sleepers_) each.wake();
  settle();
}

void virtual_time::leave_machine() {
  clock_ = std::make_shared<machine_clock>(*clock_);
  look_ = nullptr;
  halted_ = false;
}

void virtual_time::set_wall_clock(messages::instant to) {
  clock_->wall = to;
  for (const auto& each : sleepers_) each.wake();
  settle();
}

} // namespace termlease::scenario
