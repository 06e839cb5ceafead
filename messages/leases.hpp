#pragma once

// Why: sibling branches of the actor tree meet only in messages. These are the ones between the
// terminals, the policy and the shares, and between a share and its own parts; no client sends
// them.

#include "messages/approvals.hpp"
#include "messages/shares.hpp"
#include "messages/terminals.hpp"

#include <string>

namespace termlease::messages {

/// Which open terminal is that? Answered with `terminal_found` and the terminal's address, which
/// ends when the terminal does.
struct find_terminal {
  std::string terminal; ///< id or name

  static constexpr auto describe() {
    return described("find_terminal", "which open terminal is that?",
                     field("terminal", &find_terminal::terminal));
  }
};

struct terminal_found {
  terminal_view terminal;
  failure problem; ///< no_such_terminal

  static constexpr auto describe() {
    return described("terminal_found", "an open terminal",
                     field("terminal", &terminal_found::terminal),
                     field("problem", &terminal_found::problem));
  }
};

/// From a terminal to its branch, its last words.
struct terminal_ended {
  terminal_view terminal;
  std::string reason;

  static constexpr auto describe() {
    return described("terminal_ended", "a terminal's last words",
                     field("terminal", &terminal_ended::terminal),
                     field("reason", &terminal_ended::reason));
  }
};

/// Asks for an approval. Answered with `approval_opened` once the question is durable; then
/// `approval_outcome` goes to the sender.
struct open_approval {
  approval_view approval;
  std::string causation_id;

  static constexpr auto describe() {
    return described("open_approval", "asks for an approval",
                     field("approval", &open_approval::approval),
                     field("causation_id", &open_approval::causation_id));
  }
};

struct approval_opened {
  approval_view approval;
  failure problem; ///< approvals_full, journal_*

  static constexpr auto describe() {
    return described("approval_opened", "the question is durable",
                     field("approval", &approval_opened::approval),
                     field("problem", &approval_opened::problem));
  }
};

/// After a restart: sends `approval_outcome` to the sender, now or later.
struct await_approval {
  std::string approval_id;

  static constexpr auto describe() {
    return described("await_approval", "waits for an approval that is open already",
                     field("approval_id", &await_approval::approval_id));
  }
};

/// Nobody needs the answers about this share any more.
struct withdraw_approvals {
  std::string share_id;
  std::string why;

  static constexpr auto describe() {
    return described("withdraw_approvals", "nobody needs the answers about a share any more",
                     field("share_id", &withdraw_approvals::share_id),
                     field("why", &withdraw_approvals::why));
  }
};

struct approval_outcome {
  approval_view approval;

  static constexpr auto describe() {
    return described("approval_outcome", "how an approval was resolved",
                     field("approval", &approval_outcome::approval));
  }
};

/// A share needs the relay of a backend until it releases it. Answered with `relay_address`; later
/// the sender may get `relay_gone`.
struct acquire_relay {
  std::string backend;
  std::string share_id;

  static constexpr auto describe() {
    return described("acquire_relay", "a share needs a relay",
                     field("backend", &acquire_relay::backend),
                     field("share_id", &acquire_relay::share_id));
  }
};

struct relay_address {
  std::string host;
  std::uint16_t port = 0;
  std::string known_hosts; ///< file that pins the relay's host key, where the backend reads one
  std::string rsa;         ///< fingerprints of its host keys, where the backend wants those
  std::string ed25519;
  std::string program; ///< the backend's program that goes with it
  failure problem;

  static constexpr auto describe() {
    return described(
        "relay_address", "where a relay is", field("host", &relay_address::host),
        field("port", &relay_address::port), field("known_hosts", &relay_address::known_hosts),
        field("rsa", &relay_address::rsa), field("ed25519", &relay_address::ed25519),
        field("program", &relay_address::program), field("problem", &relay_address::problem));
  }
};

struct release_relay {
  std::string share_id;
  std::string backend{}; ///< empty: of every one

  static constexpr auto describe() {
    return described("release_relay", "a share needs its relay no more",
                     field("share_id", &release_relay::share_id),
                     field("backend", &release_relay::backend));
  }
};

/// From a relay of ours to each share that holds it: somebody came in at a door, or left. Which
/// share's door that is, shares know by the beginning of their link: a secret, though a short one.
struct relay_guest {
  secret door;
  std::uint32_t number = 0; ///< never used twice at one door
  std::string address;
  bool in = false;

  static constexpr auto describe() {
    return described("relay_guest", "somebody came in at a relay, or left",
                     field("door", &relay_guest::door), field("number", &relay_guest::number),
                     field("address", &relay_guest::address), field("in", &relay_guest::in));
  }
};

struct relay_gone {
  std::string why;
  std::string backend;

  static constexpr auto describe() {
    return described("relay_gone", "a relay is gone", field("why", &relay_gone::why),
                     field("backend", &relay_gone::backend));
  }
};

/// From a TTL clock to its share.
struct lease_warns {
  instant at;

  static constexpr auto describe() {
    return described("lease_warns", "the lease ends soon", field("at", &lease_warns::at));
  }
};

struct lease_expires {
  instant at;

  static constexpr auto describe() {
    return described("lease_expires", "the lease's time is over", field("at", &lease_expires::at));
  }
};

/// To a TTL clock: from now on, these times.
struct lease_times {
  instant warns_at;
  instant expires_at;

  static constexpr auto describe() {
    return described("lease_times", "when a lease warns and ends",
                     field("warns_at", &lease_times::warns_at),
                     field("expires_at", &lease_times::expires_at));
  }
};

/// From the worker's actor to its share: the process is gone, and all its descendants.
struct worker_gone {
  std::int32_t status = 0;
  failure problem; ///< why it could not be started

  static constexpr auto describe() {
    return described("worker_gone", "a worker's process is gone",
                     field("status", &worker_gone::status),
                     field("problem", &worker_gone::problem));
  }
};

/// From the next worker of a share that changes its backend, beside its address: its link is there.
struct successor_ready {
  secret link;
  std::string door;             ///< as in the worker's `ready`
  std::uint16_t relay_port = 0; ///< of the relay that it came up through

  static constexpr auto describe() {
    return described("successor_ready", "the next link of a share is there",
                     field("link", &successor_ready::link), field("door", &successor_ready::door),
                     field("relay_port", &successor_ready::relay_port));
  }
};

/// The next worker of a share is gone, and all its descendants: it did not come up, or was not
/// wanted any more.
struct successor_gone {
  failure why;

  static constexpr auto describe() {
    return described("successor_gone", "the next worker of a share is gone",
                     field("why", &successor_gone::why));
  }
};

/// From a share to the worker that it takes over, beside its own address: work for this one now.
struct work_for {
  static constexpr auto describe() { return described("work_for", "work for another share"); }
};

/// From a share to the next worker's holder: it holds it itself from now on.
struct taken_over {
  static constexpr auto describe() { return described("taken_over", "the worker has a share"); }
};

/// From a share to its branch, at each change.
struct share_changed {
  share_view share;

  static constexpr auto describe() {
    return described("share_changed", "a share changed", field("share", &share_changed::share));
  }
};

} // namespace termlease::messages
