#include "actors/policy/approvals.hpp"

#include "actors/core/answering.hpp"
#include "actors/core/recording.hpp"
#include "config/policy/rules.hpp"
#include "messages/edges.hpp"
#include "messages/leases.hpp"

#include <algorithm>

namespace termlease::actors {

using namespace messages;

void approval_ledger::apply(const record& record) {
  const auto payload = [&] { return json::parse(record.metadata.text); };
  if (record.event_type == approval_requested::describe().name) {
    auto view = decoded<approval_requested>(payload()).approval;
    pending_[view.approval_id] = std::move(view);
  } else if (record.event_type == approval_voted::describe().name) {
    auto view = decoded<approval_voted>(payload()).approval;
    pending_[view.approval_id] = std::move(view);
  } else if (record.event_type == approval_resolved::describe().name) {
    auto view = decoded<approval_resolved>(payload()).approval;
    if (pending_.erase(view.approval_id) > 0) resolved_.add(std::move(view));
  }
}

namespace {

/// Agreements of different approvers in the stage that is asked now.
std::size_t agreements(const approval_view& approval) {
  return static_cast<std::size_t>(
      std::count_if(approval.votes.begin(), approval.votes.end(), [&](const approval_vote& each) {
        return each.stage == approval.stage && each.verdict == verdict::approve;
      }));
}

bool has_voted(const approval_view& approval, const std::string& by) {
  return std::any_of(approval.votes.begin(), approval.votes.end(), [&](const approval_vote& each) {
    return each.stage == approval.stage && each.by == by;
  });
}

/// The branch's state and turns; lives inside the actor.
class approval_keeper {
public:
  approval_keeper(caf::event_based_actor* self, shared_environment env, approval_ledger known)
      : self_(self), env_(std::move(env)), resolved_(known.resolved()) {
    for (const auto& [id, view] : known.pending()) {
      pending_[id] = {view, {}};
      wait_for(view);
    }
  }

  caf::result<approval_opened> open(open_approval wanted) {
    // First of all: a promise takes the sender with it.
    const auto asker = caf::actor_cast<caf::actor>(self_->current_sender());
    auto promise = self_->make_response_promise<approval_opened>();
    auto& approval = wanted.approval;
    if (pending_.size() >= env_->settings.approvals.pending_limit) {
      promise.deliver(approval_opened{
          {},
          {"approvals_full",
           std::to_string(pending_.size()) + " approvals are pending, which is the limit",
           "resolve some: `termlease approvals`", true}});
      return promise;
    }
    approval.created_at = env_->now();
    approval.deadline = approval.created_at + approval.stages.at(0).deadline;
    pending_[approval.approval_id] = {approval, asker, true, true};
    auto context = about(approval);
    context.actor = identity_from(approval.requested_by);
    context.causation_id = wanted.causation_id;
    note(draft(*env_, context, approval_requested{approval}),
         [=, this](const failure& problem) mutable {
           // It may have been withdrawn meanwhile.
           const auto found = pending_.find(approval.approval_id);
           if (found != pending_.end() && problem) pending_.erase(found);
           if (found != pending_.end() && !problem) {
             found->second.busy = found->second.is_new = false;
             wait_for(approval);
           }
           promise.deliver(approval_opened{approval, problem});
         });
    return promise;
  }

  void await(const await_approval& wanted) {
    auto asker = caf::actor_cast<caf::actor>(self_->current_sender());
    if (const auto found = pending_.find(wanted.approval_id); found != pending_.end()) {
      found->second.asker = std::move(asker);
      return;
    }
    for (const auto& each : resolved_)
      if (each.approval_id == wanted.approval_id) return self_->send(asker, approval_outcome{each});
    approval_view lost;
    lost.approval_id = wanted.approval_id;
    lost.state = approval_state::expired;
    lost.detail = "nobody knows of this approval any more";
    self_->send(asker, approval_outcome{lost});
  }

  void withdraw(const withdraw_approvals& wanted) {
    std::vector<std::string> meant;
    for (const auto& [id, each] : pending_)
      if (each.view.share_id == wanted.share_id) meant.push_back(id);
    for (const auto& id : meant)
      conclude(pending_.at(id), approval_state::withdrawn, wanted.why, {});
  }

  void deadline_passed(const alarm_rang& alarm) {
    const auto found = pending_.find(alarm.name);
    // An answer that is just being recorded came in time.
    if (found == pending_.end() || found->second.view.deadline != alarm.at || found->second.busy)
      return;
    conclude(found->second, approval_state::expired, "nobody answered in time", {});
  }

  caf::result<answer> resolve(const caller& from, const resolve_approval& wanted) {
    auto& open = find(wanted.approval_id);
    const auto& stage = open.view.stages.at(open.view.stage);
    if (!config::may_approve(stage, from.who, identity_from(open.view.requested_by)))
      throw failed("not_an_approver",
                   to_text(from.who) + " may not answer this: rule '" + stage.rule +
                       "' asks for somebody else",
                   "`termlease approvals` shows who may");
    if (has_voted(open.view, to_text(from.who)))
      throw failed("already_answered", "you have answered this already",
                   "it waits for other approvers");
    if (open.busy)
      throw failed("approval_busy", "another answer is just being recorded", "try again");
    auto promise = self_->make_response_promise<answer>();
    const auto reply = [promise](const approval_view& view, const failure& problem) mutable {
      promise.deliver(problem ? answer_with(problem) : answer_with(view));
    };
    vote(open, from, wanted, reply);
    return promise;
  }

  answer list(const list_approvals& wanted) const {
    approval_list all;
    if (wanted.all) all.approvals.assign(resolved_.begin(), resolved_.end());
    for (const auto& [id, each] : pending_)
      if (!each.is_new) all.approvals.push_back(each.view);
    return answer_with(all);
  }

private:
  using replier = std::function<void(const approval_view&, const failure&)>;

  struct open_question {
    approval_view view;
    caf::actor asker;
    bool busy = false;   ///< a change is being recorded
    bool is_new = false; ///< nobody has been asked: the question itself is being recorded
  };

  open_question& find(const std::string& wanted) {
    open_question* only = nullptr;
    for (auto& [id, each] : pending_) {
      if (each.is_new) continue;
      if (id != wanted && each.view.share_id != wanted && !id.ends_with(wanted)) continue;
      if (only != nullptr || wanted.empty())
        throw failed("ambiguous_id", "more than one approval is meant by '" + wanted + "'",
                     "give the whole id");
      only = &each;
    }
    if (only != nullptr) return *only;
    for (const auto& each : resolved_)
      if (each.approval_id == wanted || each.approval_id.ends_with(wanted))
        throw failed("approval_resolved",
                     "this approval is " + std::string(name_of(each.state)) + " already",
                     "`termlease approvals --all` shows by whom");
    throw failed("no_such_approval", "there is no approval '" + wanted + "'",
                 "`termlease approvals` lists them");
  }

  void vote(open_question& open, const caller& from, const resolve_approval& wanted,
            const replier& reply) {
    auto view = open.view;
    view.votes.push_back(
        {to_text(from.who), wanted.decision, view.stage, wanted.reason, env_->now()});
    auto context = about(view);
    context.actor = from.who;
    context.action = "approval.request.resolve";
    context.causation_id = from.command_id;
    if (wanted.decision == verdict::deny) {
      view.detail = wanted.reason.empty() ? "denied by " + to_text(from.who) : wanted.reason;
      return settle(open, view, approval_state::denied, context, reply);
    }
    const bool stage_agreed = agreements(view) >= view.stages[view.stage].quorum;
    if (stage_agreed && view.stage + 1 == view.stages.size()) {
      view.detail = "approved by " + to_text(from.who);
      return settle(open, view, approval_state::approved, context, reply);
    }
    if (stage_agreed) {
      ++view.stage;
      view.deadline = env_->now() + view.stages[view.stage].deadline;
    }
    go_on(open, view, context, reply);
  }

  /// One more agreement, and somebody is still asked.
  void go_on(open_question& open, const approval_view& view, const action_context& context,
             const replier& reply) {
    open.busy = true;
    note(draft(*env_, context, approval_voted{view}), [=, this](const failure& problem) {
      const auto found = pending_.find(view.approval_id);
      if (found == pending_.end()) return reply(view, problem);
      found->second.busy = false;
      if (!problem) found->second.view = view;
      wait_for(found->second.view);
      reply(view, problem);
    });
  }

  void settle(open_question& open, approval_view view, approval_state state,
              const action_context& context, const replier& reply) {
    view.state = state;
    open.busy = true;
    const auto result = state == approval_state::approved ? "ok" : "denied";
    note(draft(*env_, context, approval_resolved{view}, result), [=, this](const failure& problem) {
      const auto found = pending_.find(view.approval_id);
      if (found != pending_.end()) found->second.busy = false;
      if (!problem) {
        finish(view);
      } else if (found != pending_.end()) {
        wait_for(found->second.view);
      }
      reply(view, problem);
    });
  }

  /// Ends a question without a vote. That nobody answered is so whether or not it can be recorded.
  void conclude(open_question& open, approval_state state, const std::string& why,
                const action_context& by) {
    auto view = open.view;
    view.state = state;
    view.detail = why;
    auto context = about(view);
    context.actor = by.actor;
    self_->send(env_->journal, keep{{draft(*env_, context, approval_resolved{view}, "denied")}});
    finish(view);
  }

  void finish(const approval_view& view) {
    const auto found = pending_.find(view.approval_id);
    if (found == pending_.end()) return;
    const auto asker = found->second.asker;
    pending_.erase(found);
    self_->send(env_->alarms, cancel_alarm{view.approval_id});
    resolved_.add(view);
    // Whoever asked an earlier keeper is known to the shares alone.
    self_->send(asker ? asker : env_->shares, approval_outcome{view});
  }

  void wait_for(const approval_view& view) {
    self_->send(env_->alarms, set_alarm{view.approval_id, view.deadline});
  }

  template <class Done> void note(record news, Done done) {
    self_->request(env_->journal, record_patience, append{{std::move(news)}})
        .then([done](const recorded& result) mutable { done(result.problem); },
              [done](const caf::error&) mutable {
                done(failure{"journal_unavailable", "the journal failed", "try again", true});
              });
  }

  static action_context about(const approval_view& view) {
    action_context context;
    context.action = view.action;
    context.target = view.approval_id;
    context.terminal_id = view.terminal_id;
    context.share_id = view.share_id;
    context.correlation_id = view.correlation_id;
    return context;
  }

  caf::event_based_actor* self_;
  shared_environment env_;
  std::map<std::string, open_question> pending_;
  resolved_approvals resolved_;
};

} // namespace

caf::behavior approvals(caf::event_based_actor* self, shared_environment env,
                        approval_ledger known) {
  auto state = std::make_shared<approval_keeper>(self, std::move(env), std::move(known));
  return {
      [state](const open_approval& wanted) { return state->open(wanted); },
      [state](const await_approval& wanted) { state->await(wanted); },
      [state](const withdraw_approvals& wanted) { state->withdraw(wanted); },
      [state](const alarm_rang& alarm) { state->deadline_passed(alarm); },
      [state](const caller& from, const resolve_approval& wanted) {
        return answered([&] {
          check_reason(wanted.reason);
          return state->resolve(from, wanted);
        });
      },
      [state](const caller&, const list_approvals& wanted) { return state->list(wanted); },
  };
}

} // namespace termlease::actors
