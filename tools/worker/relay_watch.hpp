#pragma once

// Why: where packets vanish, nothing closes: upterm and tmate wait for ever, and their guests with
// them. What is watched has to be the connection that is really used, and that is theirs. The
// kernel can watch it for them: a copy of their socket is enough to tell it how long a silence may
// be, and then it closes the connection, which both notice.

#include <chrono>
#include <cstdint>
#include <sys/types.h>

namespace termlease::worker {

/// Every TCP connection of `process`, and of its descendants, to that port counts as lost when
/// the other side acknowledges nothing for `patience`, also while nothing is sent. Returns how many
/// there are; none where the kernel doesn't let us (Linux before 5.6, some containers).
int watch_connections(pid_t process, std::uint16_t port, std::chrono::milliseconds patience);

} // namespace termlease::worker
