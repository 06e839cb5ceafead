// What somebody wants of an open share is a new decision of the policy gate, perhaps of an
// approver.
#include "actors/shares/lease_holder.hpp"
#include "actors/shares/request_checks.hpp"
#include "bus/trace/carried.hpp"

#include <algorithm>

namespace termlease::actors {

using namespace messages;

/// Throws what to tell somebody who wants a change of a share that isn't open.
void lease_holder::check_open() const {
  const auto& view = order_.view;
  if (over())
    throw failed("share_ended", "this share ends already, and can't be changed",
                 "share the terminal again");
  if (!is_open())
    throw failed("share_not_active",
                 "this share is " + std::string(name_of(view.state)) + ", not active",
                 "try again once it has started");
}

policy_request lease_holder::request_for(const std::string& action, const caller& from,
                                         share_mode mode, span ttl) const {
  return {action, from.who, order_.terminal.name, order_.terminal.lane, order_.view.backend,
          mode,   ttl};
}

/// Kept until it is decided and done: a share that ends meanwhile answers what is left.
caf::result<answer> lease_holder::decide(const policy_request& what, span wait,
                                         pending_change change) {
  auto promise = self_->make_response_promise<answer>();
  const auto id = env_->next_id();
  change.promise = promise;
  changes_[id] = std::move(change);
  trace::later(self_, std::min(wait, longest_wait).chrono(), waited_for_answer::value, id);
  self_->request(env_->policy, caf::infinite, what)
      .then([=, this](const policy_decision& decision) { change_decided(id, what, decision); },
            [=, this](const caf::error&) { change_decided(id, what, {}); });
  return promise;
}

void lease_holder::change_decided(const std::string& id, const policy_request& what,
                                  const policy_decision& decision) {
  switch (decision.effect) {
  case policy_effect::allow:
    return changes_.at(id).allowed(id, decision.rules);
  case policy_effect::require:
    return ask_about(id, what, decision);
  case policy_effect::deny:
    return refuse_change(id, decision.message, decision.hint);
  }
}

void lease_holder::ask_about(const std::string& id, const policy_request& what,
                             const policy_decision& decision) {
  const auto& from = changes_.at(id).from;
  auto asked =
      question(id, what.action, to_text(from.who), from.correlation_id, what.ttl, decision.stages);
  asked.mode = what.mode;
  asked.backend = what.backend;
  asked.guest_id = changes_.at(id).guest_id;
  self_->request(env_->approvals, caf::infinite, open_approval{asked, from.command_id})
      .then(
          [=, this](const approval_opened& opened) {
            if (opened.problem)
              return refuse_change(id, opened.problem.message, opened.problem.details.hint);
            if (const auto open = changes_.find(id); open != changes_.end())
              open->second.asked = true;
            let_changer_go(id);
          },
          [=, this](const caf::error&) {
            refuse_change(id, "the approval could not be asked for", "try again");
          });
}

void lease_holder::waited_for_decision(const std::string& id) {
  if (const auto open = changes_.find(id); open != changes_.end()) open->second.waited = true;
  let_changer_go(id);
}

/// The share stays as it is for now; the question stays open, and an agreement still counts.
void lease_holder::let_changer_go(const std::string& id) {
  const auto open = changes_.find(id);
  if (open == changes_.end() || !open->second.waited || !open->second.asked) return;
  open->second.answer(answer_with(
      failure{"timed_out",
              "nobody has decided yet about " + open->second.about,
              {"the request stays: it is done once it is approved (termlease approve " + id + ")"},
              false}));
}

void lease_holder::change_approved(const approval_view& approval) {
  const auto& id = approval.approval_id;
  if (approval.state == approval_state::approved)
    return changes_.at(id).allowed(id, {approval.stages.front().rule});
  refuse_change(id, approval.detail, "ask again, or ask an approver why");
}

void lease_holder::refuse_change(const std::string& id, const std::string& why,
                                 const std::string& hint) {
  const auto found = changes_.find(id);
  if (found == changes_.end()) return;
  record_fact(found->second.refused(why));
  answer_change(id, answer_with(failure{"denied", why, hint, false}));
}

void lease_holder::answer_change(const std::string& id, answer what) {
  const auto found = changes_.find(id);
  if (found == changes_.end()) return;
  found->second.answer(std::move(what));
  changes_.erase(found);
}

} // namespace termlease::actors
