#include "actors/core/supervision.hpp"

#include "actors/core/recording.hpp"
#include "bus/trace/carried.hpp"
#include "messages/edges.hpp"
#include "messages/supervision.hpp"

namespace termlease::actors {

namespace {

restart_limits limits_of(const config::supervision_settings& from) {
  return {from.restarts, from.window, from.backoff_min, from.backoff_max};
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
      child{std::move(spec), {}, restart_budget(limits_of(env_->settings.supervision)), {}});
  if (fresh) run(place->second);
}

std::string supervision::path_of(const child& which) const {
  return path_.empty() ? which.spec.id : path_ + "/" + which.spec.id;
}

void supervision::run(child& which) {
  which.running = named(path_of(which), which.spec.start);
  env_->actors->running(path_of(which), which.running, {which.budget.used(), which.budget.left()});
  if (env_->started) env_->started(path_of(which), which.running);
  self_->monitor(which.running);
  if (which.spec.facade) self_->send(which.spec.facade, stand_for{which.running});
  if (const auto last = std::exchange(which.last, std::nullopt)) receipt(which, *last);
}

void supervision::stop(const std::string& id) {
  const auto found = children_.find(id);
  if (found == children_.end()) return;
  const auto running = found->second.running;
  env_->actors->gone(path_of(found->second));
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
  auto& actors = *env_->actors;
  const roster::budget budget{which.budget.used(), which.budget.left()};
  auto beside = actors.terminals();
  which.last = crash{self_->system().render(why), *wait, actors.restarting(path_of(which), budget),
                     std::move(beside), keep_trace()};
  if (wait->ms == 0) return self_->send(self_, restart_child{which.spec.id});
  trace::later(self_, wait->chrono(), restart_child{which.spec.id});
}

void supervision::give_up(child& which, const caf::error& why) {
  if (is_crash(why))
    if (const auto kept = keep_trace(); !kept.empty())
      env_->log(path_of(which) + " is not started again; what led to it is in " + kept);
  env_->actors->gone(path_of(which));
  const auto spec = std::move(which.spec);
  children_.erase(spec.id);
  if (spec.gone) spec.gone(spec.id, why);
}

/// Where it will be; empty where none is kept.
std::string supervision::keep_trace() const {
  if (!env_->flight) return {};
  const auto file = messages::crash_trace_begins + env_->next_id() + ".trace";
  const auto path = (env_->paths.traces() / file).string();
  self_->send(env_->flight, messages::keep_trace{path});
  return path;
}

void supervision::restart(const std::string& id) {
  const auto found = children_.find(id);
  if (found != children_.end() && !found->second.running) run(found->second);
}

void supervision::receipt(const child& which, const crash& last) {
  messages::actor_restarted news{
      path_of(which), last.why, which.budget.used(), which.budget.left(), last.wait,
      last.lost,      {},       last.trace};
  for (const auto& [id, now] : env_->actors->terminals())
    if (const auto before = last.terminals.find(id); before != last.terminals.end())
      news.terminals.push_back({id, before->second, now});
  env_->log("restarted " + news.actor + " after " + messages::to_text(last.wait) + ": " + news.why);
  self_->send(env_->journal, messages::keep{{draft(*env_, {}, news)}});
}

} // namespace termlease::actors
