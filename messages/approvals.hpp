#pragma once

// Why: an approval is a durable question. It names who may answer, in which order, and until when;
// silence is a denial. It survives the runtime, so all that is needed to go on is in its view.

#include "messages/identity.hpp"
#include "messages/policy.hpp"
#include "messages/worker_lines.hpp"

#include <array>
#include <string>
#include <vector>

namespace termlease::messages {

enum class approval_state { pending, approved, denied, expired, withdrawn };

constexpr auto names_of(approval_state) {
  using enum approval_state;
  return std::array<name_entry<approval_state>, 5>{{{pending, "pending"},
                                                    {approved, "approved"},
                                                    {denied, "denied"},
                                                    {expired, "expired"},
                                                    {withdrawn, "withdrawn"}}};
}

enum class verdict { approve, deny };

constexpr auto names_of(verdict) {
  return std::array<name_entry<verdict>, 2>{
      {{verdict::approve, "approve"}, {verdict::deny, "deny"}}};
}

/// One answer by one approver.
struct approval_vote {
  std::string by;
  messages::verdict verdict = messages::verdict::deny;
  std::uint32_t stage = 0;
  std::string reason;
  instant at;

  static constexpr auto describe() {
    return described("approval_vote", "one answer by one approver", field("by", &approval_vote::by),
                     field("verdict", &approval_vote::verdict),
                     field("stage", &approval_vote::stage), field("reason", &approval_vote::reason),
                     field("at", &approval_vote::at));
  }
};

struct approval_view {
  std::string approval_id;
  approval_state state = approval_state::pending;
  std::string action; ///< "share.start", "share.extend", "share.mode", "share.switch"
  std::string share_id;
  std::string terminal_id;
  std::string terminal_name;
  std::string backend;
  share_mode mode = share_mode::ro;
  std::string guest_id; ///< of share.mode: who gets the keyboard; empty: everybody
  span ttl;
  std::string requested_by;
  std::string reason;
  std::vector<approval_stage> stages; ///< a chain: each has to agree before the next is asked
  std::uint32_t stage = 0;            ///< the one that is asked now
  std::vector<approval_vote> votes;
  instant created_at;
  instant deadline; ///< of the present stage
  std::string detail;
  std::string correlation_id;

  static constexpr auto describe() {
    return described(
        "approval", "a durable question with named approvers and a deadline",
        field("approval_id", &approval_view::approval_id), field("state", &approval_view::state),
        field("action", &approval_view::action), field("share_id", &approval_view::share_id),
        field("terminal_id", &approval_view::terminal_id),
        field("terminal_name", &approval_view::terminal_name),
        field("backend", &approval_view::backend), field("mode", &approval_view::mode),
        field("guest_id", &approval_view::guest_id), field("ttl", &approval_view::ttl),
        field("requested_by", &approval_view::requested_by),
        field("reason", &approval_view::reason), field("stages", &approval_view::stages),
        field("stage", &approval_view::stage), field("votes", &approval_view::votes),
        field("created_at", &approval_view::created_at),
        field("deadline", &approval_view::deadline), field("detail", &approval_view::detail),
        field("correlation_id", &approval_view::correlation_id));
  }
};

struct list_approvals {
  bool all = false; ///< resolved ones too

  static constexpr auto describe() {
    return messages::command("approval.list", "lists the approvals",
                             field("all", &list_approvals::all));
  }
};

struct approval_list {
  std::vector<approval_view> approvals;

  static constexpr auto describe() {
    return event("approval.snapshot", "the open approvals as a subscription begins, oldest first",
                 field("approvals", &approval_list::approvals));
  }
};

/// Answers an approval. Result: approval_view.
/// Errors: no_such_approval, approval_resolved, not_an_approver.
struct resolve_approval {
  std::string approval_id; ///< or an unambiguous end of one, or the share's id
  verdict decision = verdict::deny;
  std::string reason;

  static constexpr auto describe() {
    return messages::command("approval.request.resolve", "approves or denies",
                             field("approval_id", &resolve_approval::approval_id),
                             field("decision", &resolve_approval::decision),
                             field("reason", &resolve_approval::reason));
  }
};

struct approval_requested {
  approval_view approval;

  static constexpr auto describe() {
    return event("approval.requested", "somebody is asked to approve",
                 field("approval", &approval_requested::approval));
  }
};

struct approval_voted {
  approval_view approval;

  static constexpr auto describe() {
    return event("approval.voted", "an approver agreed; others are still asked",
                 field("approval", &approval_voted::approval));
  }
};

struct approval_resolved {
  approval_view approval;

  static constexpr auto describe() {
    return event("approval.resolved", "an approval was given, refused, or not answered in time",
                 field("approval", &approval_resolved::approval));
  }
};

} // namespace termlease::messages
