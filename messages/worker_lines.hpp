#pragma once

// Why: the runtime and a share's worker talk newline-delimited JSON over the worker's stdin and
// stdout, one message a line: {"type": NAME, ...fields}. The lines are few, and the same on both
// sides because both read them from here. Stderr is free text for the log, never a secret.
//
// Order: `start` comes first and once; the worker answers `ready` or `failed`. After `end`, or when
// stdin closes, the worker lets the guests go, stops the backend, reaps every descendant, says
// `ended` and exits 0.

#include "messages/end_reason.hpp"
#include "messages/json.hpp"
#include "messages/names.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace termlease::messages {

enum class share_mode { ro, rw };

constexpr auto names_of(share_mode) {
  return std::array<name_entry<share_mode>, 2>{{{share_mode::ro, "ro"}, {share_mode::rw, "rw"}}};
}

namespace worker_lines {

using messages::inspect; // for CAF, which looks beside the type

/// Runtime to worker: everything the worker needs for its one share.
struct start {
  std::string share_id;
  std::string backend; ///< "upterm", "tmate"
  share_mode mode = share_mode::ro;
  std::string terminal_name;                ///< for the guests' status line
  std::string host = "tmux";                ///< what the terminal lives in: tmux or zellij
  std::string host_socket;                  ///< of tmux's server; of zellij the folder of sockets
  std::string host_session;                 ///< of zellij: the session's name
  std::string pane;                         ///< "%3" of tmux, "terminal_3" of zellij
  std::vector<std::string> authorized_keys; ///< OpenSSH public key lines; never empty
  std::string relay_host;
  std::uint16_t relay_port = 0;
  std::string known_hosts;   ///< file that pins the relay's host key, where the backend reads one
  std::string relay_rsa;     ///< "SHA256:…" of its host keys, where the backend wants those
  std::string relay_ed25519; ///< the same; empty: it has none of that kind
  bool relay_may_change = true; ///< a relay that was lost is looked for again, for another link
  std::string work_dir;         ///< exists, 0700, this share's own; the worker may fill it
  std::string program;          ///< path of the backend's program
  std::string host_program;     ///< path of tmux or zellij
  std::string guest_program;    ///< path of termlease-guest
  std::string status;           ///< what the guests' status line says first beside name and mode
  std::string recordings;       ///< where what guests see is kept: a folder, or empty for nowhere
  std::uint64_t recording_limit = 0; ///< bytes of all recordings; a guest who needs more must go
  std::uint32_t max_guests = 16;
  std::uint32_t guests_before = 0;   ///< of earlier workers of the share: their ids stay theirs
  bool knock = false;                ///< guests wait until they are admitted
  span start_deadline = seconds(10); ///< no link by then: `failed`
  span end_deadline = seconds(3);    ///< an end, whatever reacts, is over by then
  span heartbeat = seconds(5);       ///< see `heartbeats_missed`

  static constexpr auto describe() {
    return described(
        "start", "everything a worker needs for its one share", field("share_id", &start::share_id),
        field("backend", &start::backend), field("mode", &start::mode),
        field("terminal_name", &start::terminal_name), field("host", &start::host),
        field("host_socket", &start::host_socket), field("host_session", &start::host_session),
        field("pane", &start::pane), field("authorized_keys", &start::authorized_keys),
        field("relay_host", &start::relay_host), field("relay_port", &start::relay_port),
        field("known_hosts", &start::known_hosts), field("relay_rsa", &start::relay_rsa),
        field("relay_ed25519", &start::relay_ed25519),
        field("relay_may_change", &start::relay_may_change), field("work_dir", &start::work_dir),
        field("program", &start::program), field("host_program", &start::host_program),
        field("guest_program", &start::guest_program), field("status", &start::status),
        field("recordings", &start::recordings), field("recording_limit", &start::recording_limit),
        field("max_guests", &start::max_guests), field("guests_before", &start::guests_before),
        field("knock", &start::knock), field("start_deadline", &start::start_deadline),
        field("end_deadline", &start::end_deadline), field("heartbeat", &start::heartbeat));
  }
};

/// Runtime to worker: what every guest's status line says from now on, beside the terminal's name
/// and the guest's mode; `alert` makes it stand out.
struct status {
  std::string text;
  bool alert = false;

  static constexpr auto describe() {
    return described("status", "the text of every guest's status line",
                     field("text", &status::text), field("alert", &status::alert));
  }
};

/// Runtime to worker: lets in a guest who knocks.
struct admit {
  std::string guest_id;

  static constexpr auto describe() {
    return described("admit", "lets in a guest who knocks", field("guest_id", &admit::guest_id));
  }
};

/// Runtime to worker: tells a guest why, and lets it go.
struct put_out {
  std::string guest_id;
  std::string text;
  std::string ban; ///< the fingerprint of a key that is refused from now on; empty: none

  static constexpr auto describe() {
    return described("put_out", "tells a guest why, and lets it go",
                     field("guest_id", &put_out::guest_id), field("text", &put_out::text),
                     field("ban", &put_out::ban));
  }
};

/// Runtime to worker, where one program is for all guests, so that only the runtime knows who is
/// in: whether anybody new may come in. While nobody may, only the first `stay` of those who are in
/// stay.
struct door {
  bool open = true;
  std::uint32_t stay = 0;

  static constexpr auto describe() {
    return described("door", "whether anybody new may come in", field("open", &door::open),
                     field("stay", &door::stay));
  }
};

/// Runtime to worker: whether guests may type.
struct set_mode {
  std::string guest_id; ///< empty: all of them, and who comes later
  share_mode mode = share_mode::ro;

  static constexpr auto describe() {
    return described("set_mode", "whether guests may type", field("guest_id", &set_mode::guest_id),
                     field("mode", &set_mode::mode));
  }
};

/// Runtime to worker: what has passed? Answered with `traffic`.
struct count {
  static constexpr auto describe() { return described("count", "what has passed?"); }
};

struct guest_traffic {
  std::string guest_id;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  span idle;

  static constexpr auto describe() {
    return described(
        "guest_traffic", "what has passed between a guest and the terminal",
        field("guest_id", &guest_traffic::guest_id), field("bytes_in", &guest_traffic::bytes_in),
        field("bytes_out", &guest_traffic::bytes_out), field("idle", &guest_traffic::idle));
  }
};

/// Worker to runtime: what has passed, for each guest.
struct traffic {
  std::vector<guest_traffic> guests;

  static constexpr auto describe() {
    return described("traffic", "what has passed, for each guest",
                     field("guests", &traffic::guests));
  }
};

/// Runtime to worker: end the share; `text` is shown to each guest as the last line it sees.
struct end {
  std::string text;

  static constexpr auto describe() {
    return described("end", "end the share", field("text", &end::text));
  }
};

/// Worker to runtime: the share is open. `link` is a secret.
struct ready {
  std::string link;   ///< the whole ssh command line for a guest
  std::string door{}; ///< what the relay calls this share in what it says; empty: it says nothing

  static constexpr auto describe() {
    return described("ready", "the share is open", field("link", &ready::link),
                     field("door", &ready::door));
  }
};

/// Worker to runtime: the relay was lost, and is looked for. Nobody is in, nor can come in
/// meanwhile; by the next one the door is open.
struct relay_away {
  static constexpr auto describe() {
    return described("relay_away", "the relay was lost, and is looked for");
  }
};

/// Worker to runtime: the relay was lost and found again, so that from now on guests come in by
/// another link. Whoever was in is out. `link` is a secret.
struct link_changed {
  std::string link;
  std::string door; ///< as in `ready`

  static constexpr auto describe() {
    return described("link_changed", "guests come in by another link",
                     field("link", &link_changed::link), field("door", &link_changed::door));
  }
};

/// Worker to runtime: the share can't start, or can't go on. The worker ends itself after it.
struct problem {
  failure why;
  bool relay_lost = false; ///< the backend lost its relay, or never reached it
  bool terminal_gone = false;

  /// Of the end that it leads to.
  end_reason reason() const {
    if (terminal_gone) return end_reason::terminal_closed;
    return relay_lost ? end_reason::relay_lost : end_reason::worker_failed;
  }

  static constexpr auto describe() {
    return described("failed", "the share can't start or can't go on", field("why", &problem::why),
                     field("relay_lost", &problem::relay_lost),
                     field("terminal_gone", &problem::terminal_gone));
  }
};

/// Worker to runtime: a guest program is attached.
struct guest_joined {
  std::string guest_id;        ///< unique within the share: "g1", "g2", …
  std::string key_fingerprint; ///< "SHA256:…"
  std::string address;
  std::int32_t pid = 0; ///< of the guest program

  static constexpr auto describe() {
    return described("guest_joined", "a guest program is attached",
                     field("guest_id", &guest_joined::guest_id),
                     field("key_fingerprint", &guest_joined::key_fingerprint),
                     field("address", &guest_joined::address), field("pid", &guest_joined::pid));
  }
};

/// Worker to runtime: a guest program waits to be admitted, or put out.
struct guest_knocks {
  std::string guest_id;
  std::string key_fingerprint;
  std::string address;
  std::int32_t pid = 0;

  static constexpr auto describe() {
    return described("guest_knocks", "a guest program waits to be admitted",
                     field("guest_id", &guest_knocks::guest_id),
                     field("key_fingerprint", &guest_knocks::key_fingerprint),
                     field("address", &guest_knocks::address), field("pid", &guest_knocks::pid));
  }
};

/// Worker to runtime: a guest program that joined or knocked is gone.
struct guest_left {
  std::string guest_id;  ///< empty: of the program that shows a recorded share to all guests
  std::string recording; ///< the file with what it saw, whole now; empty for none

  static constexpr auto describe() {
    return described("guest_left", "a guest program is gone",
                     field("guest_id", &guest_left::guest_id),
                     field("recording", &guest_left::recording));
  }
};

/// So many without a sign of life, and the other side hangs.
inline constexpr int heartbeats_missed = 3;

/// Worker to runtime, every `heartbeat`: alive. And back at once: so is the runtime.
struct heartbeat {
  static constexpr auto describe() { return described("heartbeat", "the worker is alive"); }
};

/// Worker to runtime, its last line: guests out, backend stopped, all descendants reaped.
struct ended {
  std::uint32_t guests_told = 0;

  static constexpr auto describe() {
    return described("ended", "guests out, backend stopped, descendants reaped",
                     field("guests_told", &ended::guests_told));
  }
};

} // namespace worker_lines

/// One line of the worker's protocol, with its newline. `cause` is the span of the turn that says
/// it, or was told to; a worker gives back what its last order came with.
template <is_described T> std::string encode_line(const T& value, const std::string& cause = {}) {
  auto object = encode(value);
  if (!cause.empty()) object["cause"] = cause;
  object["type"] = std::string(T::describe().name);
  return object.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

/// Splits a parsed line into its type and its fields; throws `failed` (`bad_line`,
/// `bad_json`). Its cause is left in `cause`.
inline std::pair<std::string, json> decode_line(std::string_view line,
                                                std::string* cause = nullptr) {
  auto object = parse_json(line);
  if (!object.is_object() || !object.contains("type") || !object["type"].is_string())
    throw failed("bad_line", "a line of the worker's protocol is not an object with a type");
  auto type = object["type"].get<std::string>();
  object.erase("type");
  if (const auto given = object.find("cause"); given != object.end()) {
    if (cause != nullptr && given->is_string()) *cause = given->get<std::string>();
    object.erase(given);
  }
  return {std::move(type), std::move(object)};
}

} // namespace termlease::messages
