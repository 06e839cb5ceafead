#pragma once

// Why: what the policy gate is asked and what it answers travels between actors, into the journal
// and to `termlease policy explain`. The answer carries the rules that made it, so that nobody has
// to guess later why somebody was let in.

#include "messages/identity.hpp"
#include "messages/json.hpp"
#include "messages/worker_lines.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace termlease::messages {

/// Everything that the gate is asked about. A rule may name only these.
inline constexpr std::array<std::string_view, 4> policy_actions{"share.start", "share.extend",
                                                                "share.mode", "share.switch"};

/// From the strongest to the weakest: `deny` beats `require` beats `allow`.
enum class policy_effect { deny, require, allow };

constexpr auto names_of(policy_effect) {
  using enum policy_effect;
  return std::array<name_entry<policy_effect>, 3>{
      {{deny, "deny"}, {require, "require"}, {allow, "allow"}}};
}

/// What the gate is asked. `requester` is who is known to ask, never who somebody claims to be.
struct policy_request {
  std::string action; ///< one of `policy_actions`
  identity requester;
  std::string terminal; ///< its name
  std::string lane;
  std::string backend;
  share_mode mode = share_mode::ro;
  span ttl; ///< for an extension: from now until the new end

  static constexpr auto describe() {
    return described(
        "policy_request", "what the policy gate is asked", field("action", &policy_request::action),
        field("requester", &policy_request::requester),
        field("terminal", &policy_request::terminal), field("lane", &policy_request::lane),
        field("backend", &policy_request::backend), field("mode", &policy_request::mode),
        field("ttl", &policy_request::ttl));
  }
};

/// One link of an approval chain: `quorum` different ones of `approvers` have to agree in time.
struct approval_stage {
  std::string rule;
  std::vector<std::string> approvers; ///< "operator", "human:NAME", "agent:*", "*"
  std::uint32_t quorum = 1;
  span deadline;
  std::string reason; ///< the rule's description; may be empty

  static constexpr auto describe() {
    return described(
        "approval_stage", "one link of an approval chain", field("rule", &approval_stage::rule),
        field("approvers", &approval_stage::approvers), field("quorum", &approval_stage::quorum),
        field("deadline", &approval_stage::deadline), field("reason", &approval_stage::reason));
  }
};

/// Why one rule did or did not match.
struct policy_explanation {
  std::string rule;
  policy_effect effect = policy_effect::deny;
  bool matched = false;
  std::string why;

  static constexpr auto describe() {
    return described(
        "policy_explanation", "why a rule did or did not match",
        field("rule", &policy_explanation::rule), field("effect", &policy_explanation::effect),
        field("matched", &policy_explanation::matched), field("why", &policy_explanation::why));
  }
};

/// The gate's answer. A default-constructed one is a denial.
struct policy_decision {
  policy_effect effect = policy_effect::deny;
  std::string code;                   ///< allowed, approval_required, denied_by_rule, no_rule,
                                      ///< policy_missing, policy_broken, bad_request
  std::vector<std::string> rules;     ///< names of the rules that made it, in file order
  std::vector<approval_stage> stages; ///< for `require`: asked in this order, never empty
  std::string message;                ///< one sentence for a person
  std::string hint;                   ///< what to do next; may be empty
  std::vector<policy_explanation> explanation; ///< every rule; only when it was asked for

  static constexpr auto describe() {
    return described(
        "policy_decision", "what the policy gate answers",
        field("effect", &policy_decision::effect), field("code", &policy_decision::code),
        field("rules", &policy_decision::rules), field("stages", &policy_decision::stages),
        field("message", &policy_decision::message), field("hint", &policy_decision::hint),
        field("explanation", &policy_decision::explanation));
  }
};

} // namespace termlease::messages
