#include "actors/shares/lease_holder.hpp"

#include "actors/shares/reaping.hpp"
#include "messages/backends.hpp"
#include "messages/edges.hpp"

namespace termlease::actors {

using namespace messages;

namespace {

constexpr auto unknown_outcome = "journal_unavailable";

std::string farewell(const share_view& view) {
  return messages::farewell(view.end_reason, view.detail);
}

} // namespace

caf::result<answer> lease_holder::close(const caller& from, end_reason reason,
                                        const std::string& why) {
  auto promise = self_->make_response_promise<answer>();
  closers_.push_back(promise);
  if (over()) return promise;
  const bool revoked = reason == end_reason::revoked;
  // The record is made at the same time: closing the door never waits for the disk.
  if (revoked)
    record_fact(draft(*env_, context_of_caller(from, "share.revoke"), share_revoked{order_.view}));
  ended_by_ = from.command_id;
  const auto by = (revoked ? "revoked by " : "stopped by ") + to_text(from.who);
  end(reason, why.empty() ? by : by + ": " + why);
  return promise;
}

void lease_holder::requester_left() {
  if (!openers_.empty()) end(end_reason::stopped, "its requester went away before it was open");
}

void lease_holder::worker_problem(const worker_lines::problem& what) {
  if (over() || (switch_ && switch_->worker)) return; // it ends anyhow
  // A worker that has looked for it itself has done what there was to do.
  const bool has_looked = link_.text.empty() && !is_returning();
  if (what.relay_lost && !has_looked && come_back(what.why.message)) return;
  problem_ = what.why;
  end(what.reason(), what.why.message);
}

void lease_holder::worker_ended(const worker_gone& news) {
  if (!over() && switch_ && switch_->worker) return take_over();
  worker_running_ = false;
  if (!over() && is_returning()) return; // the next one comes
  if (!ending_) {
    problem_ =
        news.problem
            ? news.problem
            : failure{"worker_failed",
                      "its worker ended by itself (status " + std::to_string(news.status) + ")",
                      {"share again; the log may tell more"},
                      true};
    end(end_reason::worker_failed, problem_.message);
  }
  finish();
}

/// Nobody speaks to its worker any more. The edge ends it, and says when it has.
void lease_holder::worker_lost() {
  auto lost = order_.view.share_id;
  if (!over() && (is_returning() || (switch_ && switch_->worker))) {
    lost = worker_label(lost, work_dir_); // the next one goes on
  } else if (!over()) {
    problem_ = {"worker_failed", "its worker's actor failed", "share again", true};
    end(end_reason::worker_failed, problem_.message);
  }
  when_reaped(self_, env_, lost, [this] { worker_ended({}); });
}

void lease_holder::expire(const lease_expires& clock) {
  if (clock.at == order_.view.expires_at) end(end_reason::expired, "its time is over");
}

void lease_holder::end(end_reason reason, std::string detail) {
  if (over()) return;
  ending_ = true;
  order_.view.end_reason = reason;
  order_.view.detail = std::move(detail);
  if (successor_) self_->send(successor_, close_down::value);
  if (worker_running_) return self_->send(worker_, worker_lines::end{farewell(order_.view)});
  // Between its parts (a record, a relay) a share ends when that part answers.
  const bool underway =
      order_.view.state == share_state::starting || order_.view.state == share_state::requested;
  if (!underway) finish();
}

void lease_holder::finish() {
  if (successor_) return; // until that is gone as well
  if (std::exchange(finishing_, true)) return;
  // Whoever is still listed was in when its worker died.
  if (order_.view.terms.record && tells_guests_apart(order_.view.backend))
    for (const auto& each : order_.view.guests)
      if (each.state == guest_state::in) kept(each, recordings_ + "/" + each.guest_id + ".cast");
  // After the digests: the edge does one thing after the other.
  self_->request(env_->files, caf::infinite, remove_path{work_dir_})
      .then([this](const file_done&) { announce_end(); },
            [this](const caf::error&) { announce_end(); });
}

/// Guests out, backend stopped, all reaped, its folder gone: now, and only now, it is said.
void lease_holder::announce_end() {
  order_.view.state = share_state::ended;
  order_.view.guests.clear();
  auto about = own_context("share.stop");
  if (!ended_by_.empty()) about.causation_id = ended_by_;
  if (!orphaned_) record_fact(draft(*env_, about, share_stopped{order_.view}));
  self_->send(env_->relays, release_relay{order_.view.share_id});
  self_->send(env_->approvals, withdraw_approvals{order_.view.share_id, farewell(order_.view)});
  const failure ended{
      "share_ended", "the share ended meanwhile", {"share the terminal again"}, false};
  for (auto& [id, change] : changes_) change.answer(answer_with(ended));
  for (auto& [guest, each] : admits_) each.deliver(answer_with(ended));
  for (auto& [guest, each] : kicks_) each.deliver(answer_with(order_.view));
  if (!problem_) problem_ = {"share_ended", farewell(order_.view), {"share again"}, true};
  answer_requester(answer_with(problem_));
  for (auto& each : closers_) each.deliver(answer_with(order_.view));
  children_.stop_all();
  changed();
  self_->quit();
}

/// Nobody waits for it any more: a worker that loses its pipe ends everything by itself.
void lease_holder::abandon() {
  children_.stop_all();
  self_->quit();
}

/// Nothing was recorded, so nothing happened: the requester is told why, and that is all. Where
/// something was, or may have been, it is recorded that it came to nothing.
void lease_holder::drop(const failure& why) {
  answer_requester(answer_with(why));
  for (auto& each : closers_) each.deliver(answer_with(order_.view));
  const bool is_known = order_.view.state == share_state::awaiting_approval;
  if (is_known || why.code == unknown_outcome) {
    order_.view.state = share_state::denied;
    order_.view.detail = why.message;
    record_fact(draft(*env_, own_context("share.start"), share_denied{order_.view}, "error"));
    changed();
  }
  self_->quit();
}

void lease_holder::record_then(std::vector<record> news, std::function<void(const failure&)> done) {
  self_->request(env_->journal, record_patience, append{std::move(news)})
      .then([done](const recorded& result) { done(result.problem); },
            [done](const caf::error&) {
              done({unknown_outcome, "the journal failed", "try again", true});
            });
}

void lease_holder::record_fact(record news) {
  self_->send(env_->journal, keep{{std::move(news)}});
}

} // namespace termlease::actors
