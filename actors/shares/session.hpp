#pragma once

// Why: one share is one actor, and its life is one line: decided, started, warned, ended. It holds
// the order that must hold: durable before it happens; guests out, backend stopped and everything
// reaped before the end is announced. Closing is always safe, so closing waits for nothing and
// nobody.

#include "actors/core/environment.hpp"
#include "actors/shares/order.hpp"

#include <caf/all.hpp>

namespace termlease::actors {

/// A new share session; reports to `branch` with `share_changed`. Whoever sends `answer_when_open`
/// gets the share's view once it is decided and open, or why not. Takes `extend_share`,
/// `revoke_share` and `stop_share` with their caller, already found to be permitted.
caf::behavior share_session(caf::event_based_actor* self, shared_environment env, caf::actor branch,
                            share_order order);

/// Answered with `answer`, once.
using answer_when_open = caf::atom_constant<caf::atom("whenopen")>;

/// The requester's connection is gone: a share that it still waits for is taken back.
using requester_gone = caf::atom_constant<caf::atom("reqgone")>;

/// The runtime ends, and every share with it. Answered with `answer` once everybody is out.
using close_down = caf::atom_constant<caf::atom("closedown")>;

} // namespace termlease::actors
