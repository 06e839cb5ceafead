#pragma once

// Why: deciding who gets a shell has to be explainable and testable, so it is a pure function of
// the rules and the request: no clock, no file, no state. `deny` beats `require` beats `allow`,
// whatever the order in the file; what no rule names is denied.

#include "messages/policy.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace termlease::config {

/// One rule. An empty list, and a `max_ttl` of zero, match anything.
struct policy_rule {
  std::string name;
  std::string description;
  messages::policy_effect effect = messages::policy_effect::deny;
  std::vector<std::string> actions;    ///< patterns
  std::vector<std::string> requesters; ///< patterns for people
  std::vector<std::string> terminals;  ///< patterns
  std::vector<std::string> lanes;      ///< patterns
  std::vector<std::string> backends;   ///< names
  std::vector<messages::share_mode> modes;
  messages::span max_ttl;             ///< matches only requests of at most this length
  std::vector<std::string> approvers; ///< patterns for people; for `require`, never empty
  std::uint32_t quorum = 1;
  messages::span deadline; ///< of the approval; zero: the default
};

/// The rules of one file, in its order. Empty: everything is denied.
struct rule_set {
  std::string file;
  std::vector<policy_rule> rules;
};

/// Decides. Never throws for the request's sake; whatever is odd about it is a denial.
/// `default_deadline` is for rules that set none.
messages::policy_decision decide(const rule_set& set, const messages::policy_request& request,
                                 messages::span default_deadline = messages::minutes(10));

/// The same decision, with every rule and why it did or did not match.
messages::policy_decision explain(const rule_set& set, const messages::policy_request& request,
                                  messages::span default_deadline = messages::minutes(10));

/// May `approver` answer for this stage of a request by `requester`? Only those that the rule
/// names; an agent never for its own request, and the runtime never.
bool may_approve(const messages::approval_stage& stage, const messages::identity& approver,
                 const messages::identity& requester);

} // namespace termlease::config
