#pragma once

// Why: tmate can't put out one guest. Its relay has a process for each of them, though, and where
// the relay is ours, those are ours too. Which of them belong to a share is not believed by their
// titles alone: the relay's process of the share holds the terminal of each guest who came to it.
// One that it serves it has made raw; one who came when the door was just shut it leaves as it was,
// and that guest would look at nothing for ever.

#include <cstddef>
#include <string>
#include <sys/types.h>

namespace termlease::worker::tmate {

/// Ends the relay's processes of the guests of `door`, but of the first `stay` who are in; and of
/// those who are not served, unless they may be just coming in. The relay is below `ancestor`.
void put_out_but(pid_t ancestor, const std::string& door, std::size_t stay, bool all_have_come);

} // namespace termlease::worker::tmate
