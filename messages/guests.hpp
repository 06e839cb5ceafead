#pragma once

// Why: a share's link lets several people in, and each of them is one thing: who it is by the key,
// since when, in which mode, what passes. So one can be listed, let in, put out, or lose its hands,
// and the others notice nothing.

#include "messages/json.hpp"
#include "messages/worker_lines.hpp"

#include <array>
#include <string>
#include <vector>

namespace termlease::messages {

enum class guest_state { knocking, in };

constexpr auto names_of(guest_state) {
  return std::array<name_entry<guest_state>, 2>{
      {{guest_state::knocking, "knocking"}, {guest_state::in, "in"}}};
}

struct guest_view {
  std::string guest_id; ///< unique within the share
  guest_state state = guest_state::in;
  share_mode mode = share_mode::ro;
  std::string key_fingerprint;
  std::string key_comment; ///< of the key as it was listed for the share
  std::string address;
  instant joined_at; ///< of one who knocks: when it came

  static constexpr auto describe() {
    return described(
        "guest", "one participant connected through a share link",
        field("guest_id", &guest_view::guest_id), field("state", &guest_view::state),
        field("mode", &guest_view::mode), field("key_fingerprint", &guest_view::key_fingerprint),
        field("key_comment", &guest_view::key_comment), field("address", &guest_view::address),
        field("joined_at", &guest_view::joined_at));
  }
};

/// A guest, and what has passed between it and the terminal.
struct guest_report {
  std::string share_id;
  std::string terminal_name;
  guest_view guest;
  std::uint64_t bytes_in = 0;  ///< typed
  std::uint64_t bytes_out = 0; ///< shown
  span idle{-1};               ///< since it typed, or came; absent when its worker didn't say

  static constexpr auto describe() {
    return described(
        "guest_report", "a guest, and what has passed", field("share_id", &guest_report::share_id),
        field("terminal_name", &guest_report::terminal_name), field("guest", &guest_report::guest),
        field("bytes_in", &guest_report::bytes_in), field("bytes_out", &guest_report::bytes_out),
        field("idle", &guest_report::idle));
  }
};

struct guest_list {
  std::vector<guest_report> guests;

  static constexpr auto describe() {
    return described("guest_list", "the guests of one share, or of all",
                     field("guests", &guest_list::guests));
  }
};

/// Who is in, and who knocks. Result: guest_list. Errors: no_such_share.
struct list_guests {
  std::string share; ///< empty: of every open share

  static constexpr auto describe() {
    return command("guest.list", "lists the guests, and what has passed",
                   field("share", &list_guests::share));
  }
};

/// Puts one guest out; the others stay. Result: the share, once that guest is gone. Errors:
/// no_such_share, share_ended, no_such_guest, denied.
struct kick_guest {
  std::string share;
  std::string guest;
  std::string reason; ///< for the guest and for the record
  bool ban = false;   ///< its key is refused from now on

  static constexpr auto describe() {
    return command("guest.kick", "puts one guest out", field("share", &kick_guest::share),
                   field("guest", &kick_guest::guest), field("reason", &kick_guest::reason),
                   field("ban", &kick_guest::ban));
  }
};

/// Takes input away, at once, or gives it, which the policy decides. Result: the share. Errors:
/// no_such_share, share_ended, share_not_active, no_such_guest, not_supported, denied, timed_out.
struct set_guest_mode {
  std::string share;
  std::string guest; ///< empty: all of them, and who comes later
  share_mode mode = share_mode::ro;
  span wait = minutes(2); ///< for an approval

  static constexpr auto describe() {
    return command("guest.mode", "gives a guest the keyboard, or takes it away",
                   field("share", &set_guest_mode::share), field("guest", &set_guest_mode::guest),
                   field("mode", &set_guest_mode::mode), field("wait", &set_guest_mode::wait));
  }
};

/// Lets in a guest who knocks. Result: the share, once it is in. Errors: no_such_share,
/// share_ended, no_such_guest, not_knocking, denied.
struct admit_guest {
  std::string share;
  std::string guest;

  static constexpr auto describe() {
    return command("guest.admit", "lets in a guest who knocks", field("share", &admit_guest::share),
                   field("guest", &admit_guest::guest));
  }
};

/// Sends a guest who knocks away. Result: the share. Errors as of admit_guest.
struct deny_guest {
  std::string share;
  std::string guest;
  std::string reason;

  static constexpr auto describe() {
    return command("guest.deny", "sends a guest who knocks away",
                   field("share", &deny_guest::share), field("guest", &deny_guest::guest),
                   field("reason", &deny_guest::reason));
  }
};

} // namespace termlease::messages
