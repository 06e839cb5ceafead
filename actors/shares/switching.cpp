// A share changes its backend while it lives: the next worker first, then the end of the one
// before, and only then the new link. At no time are two links open, and one that doesn't come up
// changes nothing.
#include "actors/shares/lease_holder.hpp"
#include "actors/shares/reaping.hpp"
#include "actors/shares/request_checks.hpp"
#include "actors/shares/successor.hpp"
#include "bus/identity/public_key.hpp"
#include "messages/backends.hpp"

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
    throw failed("switch_underway", "this share just gets a new link through " + switch_->backend,
                 "wait for it");
  if (backend == view.backend)
    throw failed("same_backend", "this share goes through " + backend + " already",
                 "name the other backend");
  auto asked = view.terms;
  if (asked.max_guests == env_->settings.shares.max_guests) asked.max_guests = 0; // never asked for
  if (asked.knock) asked.max_guests = 0; // one by one, where all see the same
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
  auto& to = *switch_;
  const auto folders = folders_of(*env_, order_.view.share_id);
  to.folder = folders[work_dir_ == folders[0] ? 1 : 0];
  to.mode = order_.view.mode;
  to.banned = banned_.size();
  to.guests = guests_so_far_;
  succession wanted{order_.view.share_id, to.backend, to.folder, {}};
  try {
    wanted.order = worker_order(to.backend, to.folder);
  } catch (const failed& why) {
    return successor_failed(why.why());
  }
  child_spec spec;
  spec.id = successor_id;
  spec.rule = restart_rule::temporary;
  spec.start = [=, this] {
    successor_ =
        spawn_traceable(*self_, successor, env_, caf::actor_cast<caf::actor>(self_), wanted);
    return successor_;
  };
  spec.gone = [this, folder = to.folder](const std::string&, const caf::error& why) {
    if (!why || !successor_) return;
    const auto then = [=, this] {
      caf::anon_send(env_->files, remove_path{folder});
      successor_failed({"worker_failed", "its part of the runtime failed", "try again", true});
    };
    when_reaped(self_, env_, worker_label(order_.view.share_id, folder), then);
  };
  children_.stop(successor_id); // of an earlier change
  children_.start(std::move(spec));
}

/// What was taken away meanwhile only the worker before was told.
bool lease_holder::still_as_ordered() const {
  const bool gives_ids = tells_guests_apart(switch_->backend); // or else the share does
  return switch_->mode == order_.view.mode && switch_->banned == banned_.size() &&
         (!gives_ids || switch_->guests == guests_so_far_);
}

/// Its link is there, and told to nobody: first the other door is closed.
void lease_holder::successor_is_ready(const successor_ready& news, const caf::actor& worker) {
  if (over() || !switch_) return;
  const bool again = switch_->worker != nullptr;
  switch_->link = news.link;
  switch_->door = news.door;
  switch_->relay_port = news.relay_port;
  if (again) return;
  if (!still_as_ordered()) return self_->send(successor_, close_down::value);
  switch_->worker = worker;
  if (is_returning()) {
    if (!worker_running_) take_over();
    return;
  }
  self_->send(worker_, worker_lines::end{messages::farewell(
                           end_reason::superseded, "it goes on through " + switch_->backend)});
}

void lease_holder::take_over() {
  const bool fits = switch_->mode == order_.view.mode && switch_->banned == banned_.size();
  if (!fits && is_returning()) return self_->send(successor_, close_down::value);
  if (!fits) {
    worker_running_ = false;
    return end(end_reason::worker_failed, "its terms changed while it changed its backend");
  }
  const auto to = *std::exchange(switch_, std::nullopt);
  everybody_left();
  caf::anon_send(env_->files, remove_path{work_dir_});
  work_dir_ = to.folder;
  link_ = to.link;
  door_ = to.door;
  door_shut_ = false;
  const auto before = std::exchange(order_.view.backend, to.backend);
  hold_worker([this, to] {
    self_->send(to.worker, work_for{}, caf::actor_cast<caf::actor>(self_));
    return to.worker;
  });
  self_->send(std::exchange(successor_, nullptr), taken_over{});
  const auto lost = [this] { end(end_reason::relay_lost, "the relay is gone"); };
  self_->request(env_->relays, caf::infinite, acquire_relay{to.backend, order_.view.share_id})
      .then(
          [=](const relay_address& relay) {
            if (relay.problem || relay.port != to.relay_port) lost();
          },
          [=](const caf::error&) { lost(); });
  if (to.return_until) {
    record_fact(draft(*env_, own_context("share.link"), share_link_changed{order_.view}));
  } else {
    self_->send(env_->relays, release_relay{order_.view.share_id, before});
    record_fact(draft(*env_, context_of_caller(to.from, "share.switch"),
                      share_switched{order_.view, before}));
  }
  changed();
  show_status(order_.view.state == share_state::expiring);
  auto with_link = order_.view;
  with_link.link = link_;
  answer_change(to.change, answer_with(with_link));
}

void lease_holder::everybody_left() {
  grants_.clear();
  at_relay_.clear();
  const bool files = order_.view.terms.record && tells_guests_apart(order_.view.backend);
  for (const auto& each : std::vector(order_.view.guests)) {
    const bool recorded = files && each.state == guest_state::in;
    guest_left(
        {each.guest_id, recorded ? recordings_ + "/" + each.guest_id + ".cast" : std::string{}});
  }
}

/// The share is what it was, unless it ends: then this was the last that it waited for; or unless
/// the worker before was told to end already.
void lease_holder::successor_failed(const failure& why) {
  successor_ = nullptr;
  if (ending_ && !worker_running_) return finish();
  if (over() || !switch_) return;
  if (is_returning()) return try_to_return_again(why);
  const auto to = *std::exchange(switch_, std::nullopt);
  self_->send(env_->relays, release_relay{order_.view.share_id, to.backend});
  record_fact(draft(*env_, context_of_caller(to.from, "share.switch"),
                    share_switch_failed{order_.view, to.backend, why.message}, "error"));
  const auto what = to.worker ? std::string("the share ends: ")
                              : "the share stays with " + order_.view.backend + ": ";
  answer_change(to.change,
                answer_with(failure{"switch_failed", what + why.message, why.details, true}));
  if (to.worker) end(end_reason::worker_failed, "its next worker failed: " + why.message);
}

} // namespace termlease::actors
