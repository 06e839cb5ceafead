#include "actors/shares/lease_holder.hpp"
#include "actors/shares/request_checks.hpp"

#include <algorithm>

namespace termlease::actors {

using namespace messages;

/// From now until the new end.
span lease_holder::left_after(span by) const {
  return order_.view.expires_at + by - env_->now();
}

void lease_holder::check_extension(const extend_share& wanted) const {
  const auto& view = order_.view;
  if (over())
    throw failed("share_ended", "this share ends already, and can't be extended",
                 "share the terminal again");
  if (view.state != share_state::active && view.state != share_state::expiring)
    throw failed("share_not_active",
                 "this share is " + std::string(name_of(view.state)) + ", not active",
                 "extend it once it has started");
  if (wanted.by.ms <= 0)
    throw failed("bad_ttl", "an extension must be longer than nothing", "write it as 15m or 1h30m");
  const auto most = env_->settings.shares.max_ttl;
  if (wanted.by > most || view.expires_at + wanted.by - view.created_at > most)
    throw failed("bad_ttl", "a share may last at most " + to_text(most) + ", extensions included",
                 "extend by less, or share again later");
}

/// Kept until it is decided: a share that ends meanwhile answers what is left.
caf::result<answer> lease_holder::extend(const caller& from, const extend_share& wanted) {
  check_extension(wanted);
  auto promise = self_->make_response_promise<answer>();
  const auto id = env_->next_id();
  extensions_[id] = {wanted.by, from, promise};
  self_->delayed_send(self_, std::min(wanted.wait, longest_wait).chrono(), waited_for_answer::value,
                      id);
  const auto& view = order_.view;
  self_
      ->request(env_->policy, caf::infinite,
                policy_request{"share.extend", from.who, order_.terminal.name, order_.terminal.lane,
                               view.backend, view.mode, left_after(wanted.by)})
      .then([=, this](const policy_decision& decision) { extension_decided(id, decision); },
            [=, this](const caf::error&) { extension_decided(id, {}); });
  return promise;
}

void lease_holder::extension_decided(const std::string& id, const policy_decision& decision) {
  switch (decision.effect) {
  case policy_effect::allow:
    return apply_extension(id, decision.rules);
  case policy_effect::require:
    return ask_for_extension(id, decision);
  case policy_effect::deny:
    return refuse_extension(id, decision.message, decision.hint);
  }
}

void lease_holder::ask_for_extension(const std::string& id, const policy_decision& decision) {
  const auto& wanted = extensions_.at(id);
  const auto asked = question(id, "share.extend", to_text(wanted.from.who),
                              wanted.from.correlation_id, left_after(wanted.by), decision.stages);
  self_->request(env_->approvals, caf::infinite, open_approval{asked, wanted.from.command_id})
      .then(
          [=, this](const approval_opened& opened) {
            if (opened.problem)
              return refuse_extension(id, opened.problem.message, opened.problem.details.hint);
            if (const auto open = extensions_.find(id); open != extensions_.end())
              open->second.asked = true;
            let_extender_go(id);
          },
          [=, this](const caf::error&) {
            refuse_extension(id, "the approval could not be asked for", "try again");
          });
}

void lease_holder::waited_for_extension(const std::string& id) {
  if (const auto open = extensions_.find(id); open != extensions_.end()) open->second.waited = true;
  let_extender_go(id);
}

/// The share keeps its end for now; the question stays open, and an agreement still counts.
void lease_holder::let_extender_go(const std::string& id) {
  const auto open = extensions_.find(id);
  if (open == extensions_.end() || !open->second.waited || !open->second.asked) return;
  open->second.answer(answer_with(
      failure{"timed_out",
              "nobody has decided yet about more time for this share",
              {"the request stays: the share lasts longer once it is approved (termlease approve " +
               id + ")"},
              false}));
}

void lease_holder::extension_approved(const approval_view& approval) {
  const auto& id = approval.approval_id;
  if (approval.state == approval_state::approved)
    return apply_extension(id, {approval.stages.front().rule});
  refuse_extension(id, approval.detail, "ask again, or ask an approver why");
}

void lease_holder::refuse_extension(const std::string& id, const std::string& why,
                                    const std::string& hint) {
  const auto found = extensions_.find(id);
  if (found == extensions_.end()) return;
  const auto& wanted = found->second;
  record_fact(draft(*env_, context_of_caller(wanted.from, "share.extend"),
                    share_extension_denied{order_.view, wanted.by, why}, "denied"));
  answer_extension(id, answer_with(failure{"denied", why, hint, false}));
}

void lease_holder::answer_extension(const std::string& id, answer what) {
  const auto found = extensions_.find(id);
  if (found == extensions_.end()) return;
  found->second.answer(std::move(what));
  extensions_.erase(found);
}

/// An end that came while it was being recorded wins: what has expired stays expired. One after the
/// other, each counts from the end that the one before has made.
void lease_holder::apply_extension(const std::string& id, const std::vector<std::string>& rules) {
  if (recording_extension_) {
    allowed_extensions_.emplace_back(id, rules);
    return;
  }
  const auto& wanted = extensions_.at(id);
  try {
    check_extension({order_.view.share_id, wanted.by, {}});
  } catch (const failed& why) {
    answer_extension(id, answer_with(why.why()));
    return next_extension();
  }
  recording_extension_ = true;
  auto extended = order_.view;
  extended.state = share_state::active;
  extended.expires_at = extended.expires_at + wanted.by;
  extended.warns_at = extended.expires_at - order_.warn;
  extended.rules = rules;
  record_then({draft(*env_, context_of_caller(wanted.from, "share.extend"),
                     share_extended{extended, wanted.by})},
              [=, this](const failure& problem) {
                recording_extension_ = false;
                if (over()) return; // answered with the end
                problem ? answer_extension(id, answer_with(problem)) : extend_to(id, extended);
                next_extension();
              });
}

void lease_holder::next_extension() {
  if (allowed_extensions_.empty()) return;
  const auto [id, rules] = std::move(allowed_extensions_.front());
  allowed_extensions_.pop_front();
  apply_extension(id, rules);
}

void lease_holder::extend_to(const std::string& id, const share_view& extended) {
  order_.view.expires_at = extended.expires_at;
  order_.view.warns_at = extended.warns_at;
  self_->send(clock_, lease_times{extended.warns_at, extended.expires_at});
  move_to(share_state::active);
  show_status(false);
  answer_extension(id, answer_with(order_.view));
}

void lease_holder::warn(const lease_warns& clock) {
  if (over() || order_.view.state != share_state::active || clock.at != order_.view.warns_at)
    return;
  move_to(share_state::expiring);
  show_status(true);
  record_fact(draft(*env_, own_context("share.warn"), share_warned{order_.view, order_.warn}));
}

} // namespace termlease::actors
