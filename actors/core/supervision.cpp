#include "actors/core/supervision.hpp"

#include "actors/core/recording.hpp"
#include "messages/runtime.hpp"

namespace termlease::actors {

namespace {

restart_limits limits_of(const config::supervision_settings& from) {
  return {from.restarts, from.window, from.backoff_min, from.backoff_max};
}

bool is_crash(const caf::error& why) {
  return why && why != caf::exit_reason::normal && why != caf::exit_reason::user_shutdown &&
         why != caf::exit_reason::unreachable;
}

} // namespace

supervision::supervision(caf::event_based_actor* self, shared_environment env, std::string path)
    : self_(self), env_(std::move(env)), path_(std::move(path)) {
  self_->set_down_handler([this](caf::down_msg& news) { down(news); });
}

void supervision::start(child_spec spec) {
  auto id = spec.id;
  auto [place, fresh] = children_.emplace(
      std::move(id),
      child{std::move(spec), {}, restart_budget(limits_of(env_->settings.supervision))});
  if (fresh) run(place->second);
}

std::string supervision::path_of(const child& which) const {
  return path_.empty() ? which.spec.id : path_ + "/" + which.spec.id;
}

void supervision::run(child& which) {
  which.running = which.spec.start();
  if (env_->started) env_->started(path_of(which), which.running);
  self_->monitor(which.running);
  if (which.spec.facade) self_->send(which.spec.facade, stand_for{which.running});
}

void supervision::stop(const std::string& id) {
  const auto found = children_.find(id);
  if (found == children_.end()) return;
  const auto running = found->second.running;
  children_.erase(found);
  if (!running) return;
  self_->demonitor(running);
  self_->send<caf::message_priority::high>(
      running, caf::exit_msg{self_->address(), caf::exit_reason::user_shutdown});
}

void supervision::stop_all() {
  while (!children_.empty()) stop(children_.begin()->first);
}

void supervision::down(const caf::down_msg& news) {
  for (auto& [id, each] : children_) {
    if (!each.running || each.running.address() != news.source) continue;
    each.running = nullptr;
    return fallen(each, news.reason);
  }
  if (other_down_) other_down_(news);
}

void supervision::fallen(child& which, const caf::error& why) {
  if (which.spec.facade) self_->send(which.spec.facade, stand_for{});
  const auto rule = which.spec.rule;
  if (rule == restart_rule::temporary || (rule == restart_rule::transient && !is_crash(why)))
    return give_up(which, why);
  const auto wait = which.budget.spend(self_->clock().now(), env_->jitter());
  if (!wait) return give_up(which, why);
  receipt(which, why, *wait);
  self_->delayed_send(self_, wait->chrono(), restart_child{which.spec.id});
}

void supervision::give_up(child& which, const caf::error& why) {
  const auto spec = std::move(which.spec);
  children_.erase(spec.id);
  if (spec.gone) spec.gone(spec.id, why);
}

void supervision::restart(const std::string& id) {
  const auto found = children_.find(id);
  if (found != children_.end() && !found->second.running) run(found->second);
}

void supervision::receipt(const child& which, const caf::error& why, messages::span wait) {
  const messages::actor_restarted news{path_of(which), self_->system().render(why),
                                       which.budget.used(), which.budget.left(), wait};
  env_->log("restarting " + news.actor + " after " + messages::to_text(wait) + ": " + news.why);
  self_->send(env_->journal, messages::keep{{draft(*env_, {}, news)}});
}

} // namespace termlease::actors
