#include "config/policy/rules.hpp"

#include "config/policy/pattern.hpp"

#include <algorithm>
#include <optional>

namespace termlease::config {

using namespace messages;

namespace {

/// Where a rule and a request part ways; TTL comes last, so that a request that is merely too long
/// can be told so.
enum class mismatch { none, action, requester, terminal, lane, backend, mode, ttl };

bool any_matches(const std::vector<std::string>& patterns, const std::string& text) {
  return patterns.empty() || std::any_of(patterns.begin(), patterns.end(),
                                         [&](const auto& each) { return matches(each, text); });
}

template <class T> bool any_equals(const std::vector<T>& values, const T& value) {
  return values.empty() || std::find(values.begin(), values.end(), value) != values.end();
}

bool any_means(const std::vector<std::string>& patterns, const identity& who) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const auto& each) { return means(each, who); });
}

mismatch compare(const policy_rule& rule, const policy_request& request) {
  if (!any_matches(rule.actions, request.action)) return mismatch::action;
  if (!rule.requesters.empty() && !any_means(rule.requesters, request.requester))
    return mismatch::requester;
  if (!any_matches(rule.terminals, request.terminal)) return mismatch::terminal;
  if (!any_matches(rule.lanes, request.lane)) return mismatch::lane;
  if (!any_equals(rule.backends, request.backend)) return mismatch::backend;
  if (!any_equals(rule.modes, request.mode)) return mismatch::mode;
  if (rule.max_ttl.ms != 0 && request.ttl > rule.max_ttl) return mismatch::ttl;
  return mismatch::none;
}

std::string listed(const std::vector<std::string>& texts) {
  std::string result;
  for (const auto& each : texts) result += (result.empty() ? "" : ", ") + each;
  return result;
}

std::string why(const policy_rule& rule, const policy_request& request, mismatch found) {
  const auto unlike = [](const std::string& what, const std::string& have,
                         const std::vector<std::string>& wanted) {
    return what + " '" + have + "' is not among: " + listed(wanted);
  };
  switch (found) {
  case mismatch::none:
    return "everything matches";
  case mismatch::action:
    return unlike("action", request.action, rule.actions);
  case mismatch::requester:
    return unlike("requester", to_text(request.requester), rule.requesters);
  case mismatch::terminal:
    return unlike("terminal", request.terminal, rule.terminals);
  case mismatch::lane:
    return unlike("lane", request.lane, rule.lanes);
  case mismatch::backend:
    return unlike("backend", request.backend, rule.backends);
  case mismatch::mode:
    return "mode '" + std::string(name_of(request.mode)) + "' is not among the rule's modes";
  case mismatch::ttl:
    return "ttl " + to_text(request.ttl) + " is longer than " + to_text(rule.max_ttl);
  }
  return {};
}

/// What makes a request one that no rule may speak for.
std::string oddity(const policy_request& request) {
  if (std::find(policy_actions.begin(), policy_actions.end(), request.action) ==
      policy_actions.end())
    return "'" + request.action + "' is no action that the policy knows";
  if (request.requester.kind == identity_kind::runtime) return "it is not known who asks";
  if (request.requester.kind != identity_kind::operator_ && request.requester.name.empty())
    return "it is not known who asks";
  if (request.ttl.ms <= 0) return "the ttl is not a positive length of time";
  return {};
}

std::string request_text(const policy_request& request) {
  return request.action + " of terminal '" + request.terminal + "' by " +
         to_text(request.requester) + " (" + request.backend + ", " +
         std::string(name_of(request.mode)) + ", " + to_text(request.ttl) + ")";
}

std::vector<std::string> quoted_names(const std::vector<std::string>& names) {
  std::vector<std::string> quoted;
  for (const auto& each : names) quoted.push_back("'" + each + "'");
  return quoted;
}

std::string by_rules(const std::vector<std::string>& names) {
  return std::string(names.size() == 1 ? "rule " : "rules ") + listed(quoted_names(names));
}

/// The matching rules of the strongest effect among them.
std::vector<const policy_rule*> strongest(const rule_set& set, const policy_request& request,
                                          const policy_rule*& too_long) {
  std::vector<const policy_rule*> found;
  for (const auto& rule : set.rules) {
    const auto result = compare(rule, request);
    // Of the rules that fit but for the length, the one that gives most time tells the limit.
    if (result == mismatch::ttl && (!too_long || rule.max_ttl > too_long->max_ttl))
      too_long = &rule;
    if (result != mismatch::none) continue;
    if (!found.empty() && rule.effect < found.front()->effect) found.clear();
    if (found.empty() || rule.effect == found.front()->effect) found.push_back(&rule);
  }
  return found;
}

void fill_denied(policy_decision& decision, const policy_rule& first) {
  decision.code = "denied_by_rule";
  decision.message = "denied by " + by_rules(decision.rules);
  if (!first.description.empty()) decision.message += ": " + first.description;
  decision.hint = "`termlease policy explain` shows every rule and why it matched or not";
}

void fill_stages(policy_decision& decision, const std::vector<const policy_rule*>& found,
                 span default_deadline) {
  decision.code = "approval_required";
  std::vector<std::string> whom;
  for (const auto* rule : found) {
    decision.stages.push_back({rule->name, rule->approvers, rule->quorum,
                               rule->deadline.ms != 0 ? rule->deadline : default_deadline,
                               rule->description});
    auto stage = listed(rule->approvers);
    if (rule->quorum > 1) stage = std::to_string(rule->quorum) + " of " + stage;
    whom.push_back(std::move(stage));
  }
  std::string chain;
  for (const auto& each : whom) chain += (chain.empty() ? "" : ", then ") + each;
  decision.message = by_rules(decision.rules) + " asks for an approval by " + chain;
  if (found.size() > 1)
    decision.message = by_rules(decision.rules) + " ask for an approval by " + chain;
}

void fill_unmatched(policy_decision& decision, const policy_request& request,
                    const policy_rule* too_long) {
  decision.code = "no_rule";
  decision.message = "denied: no rule speaks for " + request_text(request);
  if (too_long) {
    decision.message +=
        "; rule '" + too_long->name + "' is for at most " + to_text(too_long->max_ttl);
    decision.hint = "ask for " + to_text(too_long->max_ttl) + " or less";
  } else {
    decision.hint = "`termlease policy explain` shows every rule and why it did not match";
  }
}

} // namespace

policy_decision decide(const rule_set& set, const policy_request& request, span default_deadline) {
  policy_decision decision;
  if (const auto odd = oddity(request); !odd.empty()) {
    decision.code = "bad_request";
    decision.message = "denied: " + odd;
    return decision;
  }
  const policy_rule* too_long = nullptr;
  const auto found = strongest(set, request, too_long);
  for (const auto* rule : found) decision.rules.push_back(rule->name);
  if (found.empty()) {
    fill_unmatched(decision, request, too_long);
    return decision;
  }
  decision.effect = found.front()->effect;
  switch (decision.effect) {
  case policy_effect::deny:
    fill_denied(decision, *found.front());
    break;
  case policy_effect::require:
    fill_stages(decision, found, default_deadline);
    break;
  case policy_effect::allow:
    decision.code = "allowed";
    decision.message = "allowed by " + by_rules(decision.rules);
    break;
  }
  return decision;
}

policy_decision explain(const rule_set& set, const policy_request& request, span default_deadline) {
  auto decision = decide(set, request, default_deadline);
  for (const auto& rule : set.rules) {
    const auto found = compare(rule, request);
    decision.explanation.push_back(
        {rule.name, rule.effect, found == mismatch::none, why(rule, request, found)});
  }
  return decision;
}

bool may_approve(const approval_stage& stage, const identity& approver, const identity& requester) {
  if (approver.kind == identity_kind::runtime) return false;
  if (approver.kind == identity_kind::agent &&
      (requester.kind == identity_kind::runtime || approver == requester))
    return false;
  return any_means(stage.approvers, approver);
}

} // namespace termlease::config
