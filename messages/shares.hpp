#pragma once

// Why: a share is a lease of one terminal to guests, and its view is the same object wherever it is
// seen: in an answer, an event, a table, and in the journal, from which it is read back.

#include "messages/end_reason.hpp"
#include "messages/guests.hpp"
#include "messages/json.hpp"
#include "messages/worker_lines.hpp"

#include <array>
#include <string>
#include <vector>

namespace termlease::messages {

enum class share_state { requested, denied, awaiting_approval, starting, active, expiring, ended };

constexpr auto names_of(share_state) {
  using enum share_state;
  return std::array<name_entry<share_state>, 7>{{{requested, "requested"},
                                                 {denied, "denied"},
                                                 {awaiting_approval, "awaiting_approval"},
                                                 {starting, "starting"},
                                                 {active, "active"},
                                                 {expiring, "expiring"},
                                                 {ended, "ended"}}};
}

/// True for states that a share never leaves.
constexpr bool is_final(share_state state) {
  return state == share_state::denied || state == share_state::ended;
}

/// What holds for the guests of one share.
struct share_terms {
  std::uint32_t max_guests = 0; ///< at the same time; 0: the setting
  bool knock = false;           ///< each waits at the door until somebody lets it in
  bool record = false;          ///< what each sees is kept as an asciicast
  span join_within;             ///< nobody in by then: it ends; zero: no matter

  static constexpr auto describe() {
    return described("share_terms", "what holds for the guests of a share",
                     field("max_guests", &share_terms::max_guests),
                     field("knock", &share_terms::knock), field("record", &share_terms::record),
                     field("join_within", &share_terms::join_within));
  }
};

struct share_view {
  std::string share_id;
  std::string terminal_id;
  std::string terminal_name;
  std::string backend;
  share_mode mode = share_mode::ro;
  share_state state = share_state::requested;
  messages::end_reason end_reason = messages::end_reason::none;
  std::string detail; ///< why it was denied or how it ended, in a sentence
  instant created_at;
  instant warns_at;               ///< set once active
  instant expires_at;             ///< set once active
  std::string requested_by;       ///< "operator", "human:NAME", "agent:NAME"
  std::string reason;             ///< as the requester gave it
  std::string approval_id;        ///< while and after an approval was asked for
  std::vector<std::string> rules; ///< the policy rules that decided
  std::string correlation_id;
  share_terms terms;
  std::vector<guest_view> guests;
  secret link; ///< only for whoever asked for it

  static constexpr auto describe() {
    return described(
        "share", "one share of one terminal", field("share_id", &share_view::share_id),
        field("terminal_id", &share_view::terminal_id),
        field("terminal_name", &share_view::terminal_name), field("backend", &share_view::backend),
        field("mode", &share_view::mode), field("state", &share_view::state),
        field("end_reason", &share_view::end_reason), field("detail", &share_view::detail),
        field("created_at", &share_view::created_at), field("warns_at", &share_view::warns_at),
        field("expires_at", &share_view::expires_at),
        field("requested_by", &share_view::requested_by), field("reason", &share_view::reason),
        field("approval_id", &share_view::approval_id), field("rules", &share_view::rules),
        field("correlation_id", &share_view::correlation_id), field("terms", &share_view::terms),
        field("guests", &share_view::guests), field("link", &share_view::link));
  }
};

/// A length of time that was not given, as opposed to zero, which is a mistake.
inline constexpr span not_given{-1};

/// Asks for a share. Answered once it is active (with the link), denied, or `wait` is over (the
/// view then says `awaiting_approval`). A requester that goes away before takes its request along.
/// Errors: no_such_terminal, terminal_closed, bad_ttl, bad_key, no_keys, limit_reached,
/// unknown_backend, denied, backend_missing, backend_failed, relay_lost, journal_*.
struct start_share {
  std::string terminal; ///< id or name
  std::string backend;  ///< empty: the setting
  share_mode mode = share_mode::ro;
  span ttl = not_given;
  span warn = not_given;         ///< before the end
  std::vector<std::string> keys; ///< OpenSSH public key lines; at least one
  std::string reason;
  span wait = minutes(2);
  share_terms terms;

  static constexpr auto describe() {
    return messages::command(
        "share.start", "asks for a share of a terminal", field("terminal", &start_share::terminal),
        field("backend", &start_share::backend), field("mode", &start_share::mode),
        field("ttl", &start_share::ttl), field("warn", &start_share::warn),
        field("keys", &start_share::keys), field("reason", &start_share::reason),
        field("wait", &start_share::wait), field("terms", &start_share::terms));
  }
};

/// Moves the end of a share by `by`; a new decision of the policy gate. Result: share_view.
/// Errors: no_such_share, share_ended, bad_ttl, denied, journal_*; and timed_out when `wait` is
/// over, while the question stays open.
struct extend_share {
  std::string share;
  span by;
  span wait = minutes(2); ///< for an approval

  static constexpr auto describe() {
    return messages::command("share.extend", "moves the end of a share",
                             field("share", &extend_share::share), field("by", &extend_share::by),
                             field("wait", &extend_share::wait));
  }
};

/// Ends a share at once, against its guests' will. Result: share_view, once everybody is out.
struct revoke_share {
  std::string share;
  std::string reason;

  static constexpr auto describe() {
    return messages::command("share.revoke", "ends a share at once",
                             field("share", &revoke_share::share),
                             field("reason", &revoke_share::reason));
  }
};

/// Ends a share that has done its work. Result: share_view, once everybody is out.
struct stop_share {
  std::string share;

  static constexpr auto describe() {
    return messages::command("share.stop", "ends a share that has done its work",
                             field("share", &stop_share::share));
  }
};

struct list_shares {
  bool all = false;   ///< ended and denied ones too
  bool links = false; ///< with their links: for the operator, and for one's own

  static constexpr auto describe() {
    return messages::command("share.list", "lists the shares", field("all", &list_shares::all),
                             field("links", &list_shares::links));
  }
};

struct share_list {
  std::vector<share_view> shares;

  static constexpr auto describe() {
    return event("share.snapshot", "the open shares as a subscription begins, oldest first",
                 field("shares", &share_list::shares));
  }
};

struct show_share {
  std::string share; ///< id, or an unambiguous beginning or end of one
  bool links = false;

  static constexpr auto describe() {
    return messages::command("share.show", "shows one share", field("share", &show_share::share),
                             field("links", &show_share::links));
  }
};

/// The request as it was asked for: what a restart needs to go on with it.
struct share_requested {
  share_view share;
  std::vector<std::string> keys;
  span ttl;
  span warn;

  static constexpr auto describe() {
    return event("share.requested", "a share was asked for",
                 field("share", &share_requested::share), field("keys", &share_requested::keys),
                 field("ttl", &share_requested::ttl), field("warn", &share_requested::warn));
  }
};

struct share_allowed {
  share_view share;

  static constexpr auto describe() {
    return event("share.allowed", "the policy, or an approval, allowed a share to start",
                 field("share", &share_allowed::share));
  }
};

struct share_denied {
  share_view share;

  static constexpr auto describe() {
    return event("share.denied", "a share was denied", field("share", &share_denied::share));
  }
};

struct share_started {
  share_view share;

  static constexpr auto describe() {
    return event("share.session.started", "a share is open for its guests",
                 field("share", &share_started::share));
  }
};

struct share_warned {
  share_view share;
  span left;

  static constexpr auto describe() {
    return event("share.warned", "a share ends soon", field("share", &share_warned::share),
                 field("left", &share_warned::left));
  }
};

struct share_extended {
  share_view share;
  span by;

  static constexpr auto describe() {
    return event("share.extended", "the end of a share was moved",
                 field("share", &share_extended::share), field("by", &share_extended::by));
  }
};

struct share_extension_denied {
  share_view share;
  span by;
  std::string detail;

  static constexpr auto describe() {
    return event("share.extension.denied", "a share was not extended",
                 field("share", &share_extension_denied::share),
                 field("by", &share_extension_denied::by),
                 field("detail", &share_extension_denied::detail));
  }
};

struct share_revoked {
  share_view share;

  static constexpr auto describe() {
    return event("share.revoked", "a share was taken back; its guests are being let go",
                 field("share", &share_revoked::share));
  }
};

struct share_stopped {
  share_view share;

  static constexpr auto describe() {
    return event("share.session.stopped", "a share ended: guests out, processes reaped",
                 field("share", &share_stopped::share));
  }
};

struct share_guest_joined {
  share_view share;
  guest_view guest;

  static constexpr auto describe() {
    return event("share.guest.joined", "a guest is in", field("share", &share_guest_joined::share),
                 field("guest", &share_guest_joined::guest));
  }
};

struct share_guest_left {
  share_view share;
  guest_view guest;

  static constexpr auto describe() {
    return event("share.guest.left", "a guest is out", field("share", &share_guest_left::share),
                 field("guest", &share_guest_left::guest));
  }
};

struct share_guest_knocked {
  share_view share;
  guest_view guest;

  static constexpr auto describe() {
    return event("share.guest.knocked", "a guest waits at the door",
                 field("share", &share_guest_knocked::share),
                 field("guest", &share_guest_knocked::guest));
  }
};

/// The joining follows it.
struct share_guest_admitted {
  share_view share;
  guest_view guest;

  static constexpr auto describe() {
    return event("share.guest.admitted", "a guest who knocked was let in",
                 field("share", &share_guest_admitted::share),
                 field("guest", &share_guest_admitted::guest));
  }
};

struct share_guest_denied {
  share_view share;
  guest_view guest;
  std::string detail;

  static constexpr auto describe() {
    return event("share.guest.denied", "a guest who knocked was sent away",
                 field("share", &share_guest_denied::share),
                 field("guest", &share_guest_denied::guest),
                 field("detail", &share_guest_denied::detail));
  }
};

/// The leaving follows it.
struct share_guest_kicked {
  share_view share;
  guest_view guest;
  std::string detail;
  bool banned = false;

  static constexpr auto describe() {
    return event(
        "share.guest.kicked", "a guest was put out", field("share", &share_guest_kicked::share),
        field("guest", &share_guest_kicked::guest), field("detail", &share_guest_kicked::detail),
        field("banned", &share_guest_kicked::banned));
  }
};

struct share_guest_recorded {
  share_view share;
  guest_view guest;
  std::string path;
  std::string sha256; ///< of the file, in hex; empty when it can't be read
  std::string detail; ///< why it can't

  static constexpr auto describe() {
    return event(
        "share.guest.recorded", "what a guest saw is kept in a file",
        field("share", &share_guest_recorded::share), field("guest", &share_guest_recorded::guest),
        field("path", &share_guest_recorded::path), field("sha256", &share_guest_recorded::sha256),
        field("detail", &share_guest_recorded::detail));
  }
};

struct share_mode_changed {
  share_view share;
  std::string guest_id; ///< empty: of all of them, and of who comes later
  share_mode mode = share_mode::ro;

  static constexpr auto describe() {
    return event("share.mode.changed", "guests got the keyboard, or lost it",
                 field("share", &share_mode_changed::share),
                 field("guest_id", &share_mode_changed::guest_id),
                 field("mode", &share_mode_changed::mode));
  }
};

struct share_mode_denied {
  share_view share;
  std::string guest_id;
  std::string detail;

  static constexpr auto describe() {
    return event("share.mode.denied", "guests were not given the keyboard",
                 field("share", &share_mode_denied::share),
                 field("guest_id", &share_mode_denied::guest_id),
                 field("detail", &share_mode_denied::detail));
  }
};

} // namespace termlease::messages
