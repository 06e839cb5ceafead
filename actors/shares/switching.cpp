// A share changes its backend while it lives: the next worker first, then the end of the one
// before, and only then the new link. At no time are two links open, and one that doesn't come up
// changes nothing.
#include "actors/shares/lease_holder.hpp"
#include "actors/shares/request_checks.hpp"
#include "actors/shares/successor.hpp"
#include "bus/identity/public_key.hpp"

#include <algorithm>

namespace termlease::actors {

using namespace messages;

namespace {

constexpr auto successor_id = "successor";

} // namespace

void lease_holder::check_switch(const std::string& backend) const {
  check_open();
  const auto& view = order_.view;
  if (switch_)
    throw failed("switch_underway", "this share just changes to " + switch_->backend,
                 "wait for its new link");
  if (backend == view.backend)
    throw failed("same_backend", "this share goes through " + backend + " already",
                 "name the other backend");
  auto asked = view.terms;
  if (asked.max_guests == env_->settings.shares.max_guests) asked.max_guests = 0; // never asked for
  check_backend(backend, asked, env_->settings);
  if (keys_left().empty())
    throw failed("no_keys", "every key of this share is banned", "share the terminal again");
}

/// Without those that were put out for good.
std::vector<std::string> lease_holder::keys_left() const {
  auto keys = order_.keys;
  std::erase_if(keys, [this](const std::string& line) {
    return banned_.contains(bus::parse_public_key(line, "a key").fingerprint);
  });
  return keys;
}

caf::result<answer> lease_holder::switch_to(const caller& from, const switch_share& wanted) {
  check_switch(wanted.backend);
  const auto backend = wanted.backend;
  pending_change change;
  change.about = "another backend for this share";
  change.from = from;
  change.allowed = [=, this](const std::string& id, const std::vector<std::string>& rules) {
    begin_switch({id, from, backend}, rules);
  };
  change.refused = [=, this](const std::string& why) {
    return draft(*env_, context_of_caller(from, "share.switch"),
                 share_switch_denied{order_.view, backend, why}, "denied");
  };
  auto what = request_for("share.switch", from, widest_mode(), left_after({}));
  what.backend = backend;
  return decide(what, wanted.wait, std::move(change));
}

void lease_holder::begin_switch(backend_switch to, const std::vector<std::string>& rules) {
  try {
    check_switch(to.backend);
  } catch (const failed& why) {
    return answer_change(to.change, answer_with(why.why()));
  }
  auto allowed = order_.view;
  allowed.rules = rules;
  switch_ = std::move(to);
  record_then({draft(*env_, context_of_caller(switch_->from, "share.switch"),
                     share_switch_allowed{allowed, switch_->backend})},
              [this](const failure& problem) {
                if (over()) return; // answered with the end
                if (!problem) return start_successor();
                answer_change(switch_->change, answer_with(problem));
                switch_.reset();
              });
}

void lease_holder::start_successor() {
  succession wanted;
  wanted.share_id = order_.view.share_id;
  wanted.backend = switch_->backend;
  wanted.folder = switch_->folder = work_dir_ + "+";
  if (work_dir_.ends_with('+'))
    wanted.folder = switch_->folder = work_dir_.substr(0, work_dir_.size() - 1);
  wanted.order = [this, to = *switch_](const relay_address& relay) {
    return worker_order(relay, to.backend, to.folder);
  };
  child_spec spec;
  spec.id = successor_id;
  spec.rule = restart_rule::temporary;
  spec.start = [=, this] {
    successor_ =
        spawn_traceable(*self_, successor, env_, caf::actor_cast<caf::actor>(self_), wanted);
    return successor_;
  };
  spec.gone = [this](const std::string&, const caf::error& why) {
    if (!why) return;
    self_
        ->request(env_->processes, caf::infinite,
                  await_children{order_.view.share_id + " " + switch_->folder})
        .then([this](const children_gone&) { successor_failed({}); },
              [this](const caf::error&) { successor_failed({}); });
  };
  children_.start(std::move(spec));
}

/// Its link is there, and told to nobody: first the other door is closed.
void lease_holder::successor_is_ready(const successor_ready& news, const caf::actor& worker) {
  if (over() || !switch_) return;
  switch_->link = news.link;
  switch_->door = news.door;
  switch_->worker = worker;
  self_->send(worker_, worker_lines::end{farewell(end_reason::superseded,
                                                  "it goes on through " + switch_->backend)});
}

void lease_holder::take_over() {
  const auto to = *std::exchange(switch_, std::nullopt);
  for (const auto& each : std::vector(order_.view.guests)) guest_left({each.guest_id, {}});
  self_->request(env_->files, caf::infinite, remove_folder{work_dir_})
      .then([](const file_done&) {}, [](const caf::error&) {});
  work_dir_ = to.folder;
  link_ = to.link;
  door_ = to.door;
  at_relay_.clear();
  const auto before = std::exchange(order_.view.backend, to.backend);
  hold_worker([this, to] {
    self_->send(to.worker, work_for{}, caf::actor_cast<caf::actor>(self_));
    return to.worker;
  });
  self_->send(std::exchange(successor_, nullptr), taken_over{});
  hold_relay();
  record_fact(draft(*env_, context_of_caller(to.from, "share.switch"),
                    share_switched{order_.view, before}));
  move_to(order_.view.state);
  show_status(order_.view.state == share_state::expiring);
  auto with_link = order_.view;
  with_link.link = link_;
  answer_change(to.change, answer_with(with_link));
}

/// The share is what it was, unless it ends: then this was the last that it waited for.
void lease_holder::successor_failed(const failure& why) {
  successor_ = nullptr;
  if (ending_ && !worker_running_) return finish();
  if (over() || !switch_) return;
  const auto to = *std::exchange(switch_, std::nullopt);
  hold_relay();
  const auto told = why ? why.message : "its part of the runtime failed";
  record_fact(draft(*env_, context_of_caller(to.from, "share.switch"),
                    share_switch_failed{order_.view, to.backend, told}, "error"));
  answer_change(to.change,
                answer_with(failure{"switch_failed",
                                    "the share stays with " + order_.view.backend + ": " + told,
                                    why.details, true}));
}

/// Of its own backend, and of no other.
void lease_holder::hold_relay() {
  self_->send(env_->relays, release_relay{order_.view.share_id});
  self_
      ->request(env_->relays, caf::infinite,
                acquire_relay{order_.view.backend, order_.view.share_id})
      .then([](const relay_address&) {}, [](const caf::error&) {});
}

} // namespace termlease::actors
