#include "actors/shares/session.hpp"

#include "actors/core/answering.hpp"
#include "actors/shares/lease_holder.hpp"

#include <ctime>

namespace termlease::actors {

using namespace messages;

void lease_holder::move_to(share_state state) {
  order_.view.state = state;
  changed();
}

void lease_holder::changed() {
  // The branch keeps the link for whoever may ask for it later; events never have it.
  auto shown = order_.view;
  shown.link = link_;
  self_->send(branch_, share_changed{std::move(shown)});
}

action_context lease_holder::context() const {
  return context_of_caller(order_.from, "share.start");
}

action_context lease_holder::own_context(std::string action) const {
  auto about = context_of_caller(order_.from, std::move(action));
  about.actor = {identity_kind::runtime, "runtime"};
  return about;
}

action_context lease_holder::context_of_caller(const caller& from, std::string action) const {
  auto about = context_of(from, std::move(action));
  about.target = about.share_id = order_.view.share_id;
  about.terminal_id = order_.view.terminal_id;
  about.lane_id = order_.terminal.lane;
  // Whatever a command of its own correlates it with, a share's records have the share's id for it.
  about.correlation_id = order_.view.correlation_id;
  return about;
}

std::string lease_holder::status_text() const {
  if (!order_.view.expires_at) return {};
  const auto end = to_text(order_.view.expires_at);
  return "ends at " + end.substr(11, 5) + " UTC";
}

void lease_holder::show_status(bool alert) {
  auto text = status_text();
  if (alert) text += ", in " + to_text(order_.warn) + " - ask the operator for more time";
  self_->send(worker_, worker_lines::status{std::move(text), alert});
}

caf::behavior share_session(caf::event_based_actor* self, shared_environment env, caf::actor branch,
                            share_order order) {
  auto lease =
      std::make_shared<lease_holder>(self, std::move(env), std::move(branch), std::move(order));
  lease->begin();
  const caller runtime{{identity_kind::runtime, "runtime"}, 0, {}, {}, {}, {}, {}};
  return {
      [lease](answer_when_open) { return lease->answer_later(); },
      [lease](requester_gone) { lease->requester_left(); },
      [lease, runtime](close_down) {
        return lease->close(runtime, end_reason::stopped, "the runtime was stopped");
      },
      [lease](const caller& from, const extend_share& wanted) {
        return answered([&] { return lease->extend(from, wanted); });
      },
      [lease](const caller& from, const switch_share& wanted) {
        return answered([&] { return lease->switch_to(from, wanted); });
      },
      [lease](const successor_ready& news, const caf::actor& worker) {
        lease->successor_is_ready(news, worker);
      },
      [lease](const successor_gone& news) { lease->successor_failed(news.why); },
      [lease](const caller&, const list_guests&) { return lease->list_guests(); },
      [lease](const caller& from, const kick_guest& wanted) {
        return answered([&] { return lease->kick(from, wanted); });
      },
      [lease](const caller& from, const set_guest_mode& wanted) {
        return answered([&] { return lease->set_mode(from, wanted); });
      },
      [lease](const caller& from, const admit_guest& wanted) {
        return answered([&] { return lease->admit(from, wanted); });
      },
      [lease](const caller& from, const deny_guest& wanted) {
        return answered([&] { return lease->send_away(from, wanted); });
      },
      [lease](const caller& from, const revoke_share& wanted) {
        return lease->close(from, end_reason::revoked, wanted.reason);
      },
      [lease](const caller& from, const stop_share&) {
        return lease->close(from, end_reason::stopped, {});
      },
      [lease](waited_for_answer) { lease->waited_long_enough(); },
      [lease](waited_for_answer, const std::string& id) { lease->waited_for_decision(id); },
      [lease](terminal_missed) { lease->find_terminal_again(); },
      [lease](const approval_outcome& news) { lease->approval_came(news.approval); },
      [lease](const worker_lines::ready& news) { lease->worker_ready(news); },
      [lease](const worker_lines::link_changed& news) { lease->link_changed(news); },
      [lease](const worker_lines::problem& what) { lease->worker_problem(what); },
      [lease](const worker_lines::guest_knocks& news) { lease->guest_knocks(news); },
      [lease](const worker_lines::guest_joined& news) { lease->guest_joined(news); },
      [lease](const worker_lines::guest_left& news) { lease->guest_left(news); },
      [lease](const worker_gone& news) { lease->worker_ended(news); },
      [lease](const relay_guest& news) { lease->relay_says(news); },
      [lease](const relay_gone& news) { lease->relay_is_gone(news); },
      [lease](const worker_lines::relay_away&) { lease->relay_is_away(); },
      [lease](relay_missed) { lease->look_for_relay(); },
      [lease](const alarm_rang& alarm) { lease->waited_for_guests(alarm); },
      [lease](const lease_warns& clock) { lease->warn(clock); },
      [lease](const lease_expires& clock) { lease->expire(clock); },
      [lease](const restart_child& again) { lease->restart(again.id); },
  };
}

} // namespace termlease::actors
