#pragma once

// Why: tmate can't put out one guest. Its relay has a process for each of them, though, and where
// the relay is ours, those are ours too. Which of them belong to a share is not believed by their
// titles alone: the relay's process of the share holds the terminal of each guest who came to it.
// One that it serves it has made raw; one who came when the door was just shut it leaves as it was,
// and that guest would look at nothing for ever.

#include <cstddef>
#include <string>
#include <sys/types.h>
#include <vector>

namespace termlease::worker::tmate {

class relay_guests {
public:
  /// The relay is below `ancestor`.
  explicit relay_guests(pid_t ancestor) : ancestor_(ancestor) {}

  /// Asks the relay's processes of the guests of `door` to end, but those of the first `stay` who
  /// are in, and those of guests who may be just coming in. Once all have come, the latter as well,
  /// and nobody is asked any more: they are killed.
  void put_out_but(const std::string& door, std::size_t stay, bool all_have_come);

private:
  pid_t ancestor_;
  std::vector<pid_t> there_; ///< as they were seen first
};

} // namespace termlease::worker::tmate
