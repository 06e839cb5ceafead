#include "actors/core/roster.hpp"

namespace termlease::actors {

namespace {

constexpr std::string_view terminal_path = "terminals/";

std::shared_ptr<const actor_pulse> pulse_of(const caf::actor& actor) {
  const auto* traced = dynamic_cast<traced_actor*>(caf::actor_cast<caf::abstract_actor*>(actor));
  return traced ? traced->pulse() : nullptr;
}

} // namespace

void roster::running(const std::string& path, const caf::actor& actor, budget of) {
  const std::lock_guard hold(mutex_);
  entries_[path] = {messages::actor_state::running, of, actor.address(), pulse_of(actor)};
}

std::uint64_t roster::restarting(const std::string& path, budget of) {
  const std::lock_guard hold(mutex_);
  forget_below(path);
  auto& fallen = entries_[path];
  fallen.state = messages::actor_state::restarting;
  fallen.of = of;
  return fallen.pulse ? fallen.pulse->waiting() : 0;
}

void roster::gone(const std::string& path) {
  const std::lock_guard hold(mutex_);
  forget_below(path);
  entries_.erase(path);
}

void roster::forget_below(const std::string& path) {
  const auto below = path + "/";
  auto each = entries_.lower_bound(below);
  while (each != entries_.end() && each->first.starts_with(below)) each = entries_.erase(each);
}

std::vector<messages::actor_view> roster::view(std::chrono::nanoseconds now) const {
  const std::lock_guard hold(mutex_);
  std::vector<messages::actor_view> all;
  for (const auto& [path, each] : entries_) {
    messages::actor_view shown;
    shown.actor = path;
    shown.state = each.state;
    shown.restarts = each.of.used;
    shown.budget_left = each.of.left;
    if (each.pulse && each.state == messages::actor_state::running) {
      shown.turns = each.pulse->turns;
      shown.timers = static_cast<std::uint32_t>(std::max<std::int64_t>(0, each.pulse->timers));
      shown.dead_letters = each.pulse->dead_letters;
      const auto began = each.pulse->turn_began.load();
      // The message of the turn waits no more.
      shown.mailbox =
          each.pulse->waiting() - std::min<std::uint64_t>(began != 0, each.pulse->waiting());
      if (began != 0) shown.busy_for.ms = (now.count() - began) / 1'000'000;
    }
    all.push_back(std::move(shown));
  }
  return all;
}

caf::actor roster::find(const std::string& path) const {
  const std::lock_guard hold(mutex_);
  const auto found = entries_.find(path);
  return found == entries_.end() ? nullptr : caf::actor_cast<caf::actor>(found->second.address);
}

roster::turns roster::terminals() const {
  const std::lock_guard hold(mutex_);
  turns all;
  for (auto each = entries_.lower_bound(std::string(terminal_path));
       each != entries_.end() && each->first.starts_with(terminal_path); ++each)
    if (each->second.pulse)
      all.emplace(each->first.substr(terminal_path.size()), each->second.pulse->turns);
  return all;
}

} // namespace termlease::actors
