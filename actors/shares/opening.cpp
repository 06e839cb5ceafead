#include "actors/shares/lease_holder.hpp"

#include "actors/shares/successor.hpp"
#include "actors/shares/ttl_clock.hpp"
#include "actors/shares/worker.hpp"
#include "bus/trace/carried.hpp"
#include "messages/edges.hpp"

namespace termlease::actors {

using namespace messages;

namespace {

constexpr std::chrono::milliseconds terminal_retry{100};
constexpr auto clock_id = "ttl clock";
constexpr auto worker_id = "share worker";

} // namespace

lease_holder::lease_holder(caf::event_based_actor* self, shared_environment env, caf::actor branch,
                           share_order order)
    : self_(self), env_(std::move(env)), branch_(std::move(branch)), order_(std::move(order)),
      children_(self, env_, "shares/" + order_.view.share_id), clock_(spawn_facade(*self)),
      worker_(spawn_facade(*self)), work_dir_(folders_of(*env_, order_.view.share_id)[0]),
      recordings_(env_->paths.recordings() / order_.view.share_id) {
  children_.on_other_down([this](const caf::down_msg& news) {
    if (news.source == order_.terminal_address.address())
      return news.reason == caf::exit_reason::user_shutdown ? terminal_closed()
                                                            : find_terminal_again();
    if (news.source != branch_.address()) return; // of a worker that was replaced
    // The branch that comes after it knows of this share, and records its end.
    orphaned_ = true;
    if (over()) return abandon();
    end(end_reason::worker_failed, "the part of the runtime that held it failed");
  });
  self_->monitor(order_.terminal_address);
  self_->monitor(branch_);
}

void lease_holder::terminal_closed() {
  end(end_reason::terminal_closed, "its terminal was closed");
}

/// The part of the runtime that held it crashed, which no terminal feels.
void lease_holder::find_terminal_again() {
  if (over()) return;
  self_->request(env_->terminals, caf::infinite, find_terminal{order_.view.terminal_id})
      .then(
          [this](const terminal_found& found, const caf::actor& address) {
            if (found.problem) return terminal_closed();
            order_.terminal_address = address;
            self_->monitor(address);
          },
          // It is just being restarted.
          [this](const caf::error&) {
            trace::later(self_, terminal_retry, terminal_missed::value);
          });
}

void lease_holder::begin() {
  if (order_.resumed) return self_->send(env_->approvals, await_approval{order_.view.approval_id});
  const auto& view = order_.view;
  trace::later(self_, order_.wait.chrono(), waited_for_answer::value);
  self_
      ->request(env_->policy, caf::infinite,
                policy_request{"share.start", order_.from.who, order_.terminal.name,
                               order_.terminal.lane, view.backend, view.mode, order_.ttl})
      .then([this](const policy_decision& decision) { decided(decision); },
            [this](const caf::error&) { decided({}); });
}

caf::result<answer> lease_holder::answer_later() {
  auto promise = self_->make_response_promise<answer>();
  openers_.push_back(promise);
  return promise;
}

void lease_holder::answer_requester(answer what) {
  for (auto& each : std::exchange(openers_, {})) each.deliver(what);
}

void lease_holder::waited_long_enough() {
  waited_ = true;
  let_requester_go();
}

/// The requester gets the state as it is; the question stays open.
void lease_holder::let_requester_go() {
  if (waited_ && asked_) answer_requester(answer_with(order_.view));
}

void lease_holder::decided(const policy_decision& decision) {
  if (over()) return drop({"share_ended", "its requester went away", "ask again", true});
  order_.view.rules = decision.rules;
  switch (decision.effect) {
  case policy_effect::allow:
    return allow();
  case policy_effect::require:
    return ask_for_approval(decision);
  case policy_effect::deny:
    return deny(decision);
  }
}

void lease_holder::deny(const policy_decision& decision) {
  const auto message =
      decision.message.empty() ? "the policy gate could not decide" : decision.message;
  deny_for(message, decision.hint);
}

/// A denial holds even where it can't be recorded; then the requester learns that as well.
void lease_holder::deny_for(const std::string& why, const std::string& hint) {
  auto& view = order_.view;
  std::vector<record> news;
  if (view.state == share_state::requested)
    news.push_back(
        draft(*env_, context(), share_requested{view, order_.keys, order_.ttl, order_.warn}));
  view.state = share_state::denied;
  view.detail = why;
  news.push_back(draft(*env_, context(), share_denied{view}, "denied"));
  self_->send(env_->journal, keep{std::move(news)});
  answer_requester(answer_with(failure{"denied", why, hint, false}));
  changed();
  self_->quit();
}

approval_view lease_holder::question(const std::string& id, const std::string& action,
                                     const std::string& who, const std::string& correlation,
                                     span ttl, std::vector<approval_stage> stages) const {
  const auto& view = order_.view;
  approval_view asked;
  asked.approval_id = id;
  asked.action = action;
  asked.share_id = view.share_id;
  asked.terminal_id = view.terminal_id;
  asked.terminal_name = view.terminal_name;
  asked.backend = view.backend;
  asked.mode = view.mode;
  asked.ttl = ttl;
  asked.requested_by = who;
  asked.reason = view.reason;
  asked.stages = std::move(stages);
  asked.correlation_id = correlation;
  return asked;
}

void lease_holder::ask_for_approval(const policy_decision& decision) {
  auto& view = order_.view;
  view.approval_id = env_->next_id();
  const auto asked = question(view.approval_id, "share.start", view.requested_by,
                              view.correlation_id, order_.ttl, decision.stages);
  auto waiting = view;
  waiting.state = share_state::awaiting_approval;
  record_then(
      {draft(*env_, context(), share_requested{waiting, order_.keys, order_.ttl, order_.warn})},
      [=, this](const failure& problem) {
        if (problem) return drop(problem);
        if (over()) return finish();
        move_to(share_state::awaiting_approval);
        open_question(asked);
      });
}

void lease_holder::open_question(const approval_view& asked) {
  self_->request(env_->approvals, caf::infinite, open_approval{asked, order_.from.command_id})
      .then(
          [this](const approval_opened& opened) {
            if (opened.problem)
              return deny_for(opened.problem.message, opened.problem.details.hint);
            asked_ = true;
            let_requester_go();
          },
          [this](const caf::error&) {
            deny_for("the approval could not be asked for", "try again");
          });
}

void lease_holder::approval_came(const approval_view& approval) {
  if (changes_.contains(approval.approval_id)) return change_approved(approval);
  if (over() || order_.view.state != share_state::awaiting_approval) return;
  if (approval.state != approval_state::approved)
    return deny_for(approval.detail, "ask again, or ask an approver why");
  asked_ = false;
  record_then({draft(*env_, context(), share_allowed{order_.view})},
              [this](const failure& problem) { problem ? drop(problem) : start_worker(); });
}

void lease_holder::allow() {
  const auto& view = order_.view;
  record_then({draft(*env_, context(), share_requested{view, order_.keys, order_.ttl, order_.warn}),
               draft(*env_, context(), share_allowed{view})},
              [this](const failure& problem) { problem ? drop(problem) : start_worker(); });
}

void lease_holder::start_worker() {
  if (over()) return finish();
  move_to(share_state::starting);
  self_
      ->request(env_->relays, caf::infinite,
                acquire_relay{order_.view.backend, order_.view.share_id})
      .then(
          [this](const relay_address& relay) {
            if (over()) return finish();
            if (relay.problem) return worker_ended({0, relay.problem});
            make_folders([=, this] { launch(relay); });
          },
          [this](const caf::error&) {
            worker_ended({0, {"relay_failed", "the relay failed", "try again", true}});
          });
}

/// Its own, and one for what its guests see where that is kept.
void lease_holder::make_folders(const std::function<void()>& then) {
  make_one(work_dir_,
           [=, this] { order_.view.terms.record ? make_one(recordings_, then) : then(); });
}

void lease_holder::make_one(const std::string& folder, const std::function<void()>& then) {
  self_->request(env_->files, caf::infinite, make_folder{folder})
      .then(
          [=, this](const file_done& made) {
            if (over()) return finish();
            made.problem ? worker_ended({0, made.problem}) : then();
          },
          [this](const caf::error&) {
            worker_ended({0, {"file_failed", "the file edge failed", "try again", true}});
          });
}

worker_lines::start lease_holder::worker_order(const std::string& backend,
                                               const std::string& folder) const {
  const auto& limits = env_->settings.shares;
  worker_lines::start order;
  order.share_id = order_.view.share_id;
  order.backend = backend;
  order.mode = order_.view.mode;
  order.terminal_name = order_.view.terminal_name;
  order.host = order_.terminal.host;
  order.host_socket = socket_of(order_.terminal);
  order.host_session = order_.terminal.session;
  order.pane = order_.terminal.pane;
  order.authorized_keys = keys_left();
  order.work_dir = folder;
  order.relay_may_change = config::waits_for_relay(env_->settings, backend);
  order.guest_program = env_->guest_program;
  order.status = status_text();
  order.recordings = order_.view.terms.record ? recordings_ : std::string{};
  order.recording_limit = std::uint64_t{limits.recording_limit_mib} << 20U;
  const auto guests = order_.view.terms.max_guests;
  order.max_guests = guests > 0 ? guests : limits.max_guests;
  order.guests_before = guests_so_far_;
  order.knock = order_.view.terms.knock;
  order.start_deadline = limits.start_deadline;
  order.end_deadline = limits.end_deadline;
  order.heartbeat.ms = limits.heartbeat_timeout.ms / worker_lines::heartbeats_missed;
  order.host_program = env_->find_host(order.host);
  return order;
}

void lease_holder::launch(const relay_address& relay) {
  try {
    const auto order = with_relay(worker_order(order_.view.backend, work_dir_), relay);
    worker_running_ = true;
    hold_worker([this, order] {
      return spawn_traceable(*self_, share_worker, env_, caf::actor_cast<caf::actor>(self_), order);
    });
  } catch (const failed& why) {
    worker_ended({0, why.why()});
  }
}

void lease_holder::hold_worker(const std::function<caf::actor()>& start) {
  children_.stop(worker_id); // of one before it the process is gone
  child_spec spec;
  spec.id = worker_id;
  spec.rule = restart_rule::temporary;
  spec.facade = worker_;
  spec.start = start;
  spec.gone = [this](const std::string&, const caf::error& why) {
    // One that was taken over may have been gone by then, and told it to somebody else.
    if (why || worker_running_) worker_lost();
  };
  children_.start(std::move(spec));
}

void lease_holder::worker_ready(const worker_lines::ready& news) {
  // Said twice, it is still one link.
  if (over() || order_.view.state != share_state::starting || !link_.text.empty()) return;
  link_.text = news.link;
  door_ = news.door;
  open_the_door();
}

void lease_holder::open_the_door() {
  auto opened = order_.view;
  opened.state = share_state::active;
  opened.expires_at = env_->now() + order_.ttl;
  opened.warns_at = opened.expires_at - order_.warn;
  record_then({draft(*env_, context(), share_started{opened})}, [=, this](const failure& problem) {
    if (over()) return;
    if (problem) {
      problem_ = problem;
      return end(end_reason::worker_failed, "it could not be recorded");
    }
    order_.view.expires_at = opened.expires_at;
    order_.view.warns_at = opened.warns_at;
    move_to(share_state::active);
    start_clock();
    if (order_.view.terms.join_within > span{})
      self_->send(env_->alarms,
                  set_alarm{nobody_joined, env_->now() + order_.view.terms.join_within});
    show_status(false);
    auto with_link = order_.view;
    with_link.link = link_;
    answer_requester(answer_with(with_link));
  });
}

void lease_holder::start_clock() {
  child_spec spec;
  spec.id = clock_id;
  spec.facade = clock_;
  spec.start = [this] {
    return spawn_traceable(*self_, ttl_clock, env_, caf::actor_cast<caf::actor>(self_),
                           lease_times{order_.view.warns_at, order_.view.expires_at});
  };
  spec.gone = [this](const std::string&, const caf::error&) {
    end(end_reason::worker_failed, "its clock failed too often");
  };
  children_.start(std::move(spec));
}

} // namespace termlease::actors
