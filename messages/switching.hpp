#pragma once

// Why: an open share may go on by another way in: through another backend when somebody asks for
// it, or by another link when its relay was lost. What is asked for, and what is recorded of it.

#include "messages/shares.hpp"

#include <string>

namespace termlease::messages {

/// Lets guests in through another backend from now on, and no more through the one before. The
/// policy decides (`share.switch`). Result: share_view, with the new link; the guests of the old
/// one are out by then. Where the new backend does not come up, the share is what it was.
/// Errors: no_such_share, share_ended, share_not_active, same_backend, switch_underway,
/// unknown_backend, not_supported, no_keys, denied, switch_failed, journal_*; and timed_out as for
/// an extension.
struct switch_share {
  std::string share;
  std::string backend;
  span wait = minutes(2); ///< for an approval

  static constexpr auto describe() {
    return messages::command("share.switch", "changes the backend of an open share",
                             field("share", &switch_share::share),
                             field("backend", &switch_share::backend),
                             field("wait", &switch_share::wait));
  }
};

/// Its next worker starts; the link is still the one before.
struct share_switch_allowed {
  share_view share;
  std::string backend;

  static constexpr auto describe() {
    return event("share.switch.allowed", "a share may change its backend",
                 field("share", &share_switch_allowed::share),
                 field("backend", &share_switch_allowed::backend));
  }
};

struct share_switch_denied {
  share_view share;
  std::string backend;
  std::string detail;

  static constexpr auto describe() {
    return event("share.switch.denied", "a share keeps its backend: it may not change it",
                 field("share", &share_switch_denied::share),
                 field("backend", &share_switch_denied::backend),
                 field("detail", &share_switch_denied::detail));
  }
};

struct share_switch_failed {
  share_view share;
  std::string backend;
  std::string detail;

  static constexpr auto describe() {
    return event("share.switch.failed", "a share keeps its backend: the other one did not come up",
                 field("share", &share_switch_failed::share),
                 field("backend", &share_switch_failed::backend),
                 field("detail", &share_switch_failed::detail));
  }
};

/// The link before is closed, its guests are out, and all its processes are reaped.
struct share_switched {
  share_view share;
  std::string from; ///< the backend before
  end_reason reason = end_reason::superseded;

  static constexpr auto describe() {
    return event("share.switched", "guests come in through another backend",
                 field("share", &share_switched::share), field("from", &share_switched::from),
                 field("reason", &share_switched::reason));
  }
};

/// Nobody can come in until `share.link.changed`, or the share ends.
struct share_relay_lost {
  share_view share;
  std::string why;

  static constexpr auto describe() {
    return event("share.relay.lost", "its relay is gone, and another one is looked for",
                 field("share", &share_relay_lost::share), field("why", &share_relay_lost::why));
  }
};

/// Without the link: `share.show` tells it to whoever may know.
struct share_link_changed {
  share_view share;

  static constexpr auto describe() {
    return event("share.link.changed",
                 "the relay was lost and found again: guests come in by another link",
                 field("share", &share_link_changed::share));
  }
};

} // namespace termlease::messages
