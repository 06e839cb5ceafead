#pragma once

// Why: tmate speaks to people. What it says is read here and nowhere else: the two links, whether
// it looks for its relay again, and what goes wrong, which becomes an error that says what to do
// next.

#include "messages/worker_lines.hpp"

#include <string>
#include <string_view>

namespace termlease::worker::tmate {

enum class saying {
  other,
  read_only_link,
  read_write_link,
  reconnecting, ///< it has no relay any more, and looks for it
  trouble,      ///< the relay can't be reached, or is another one; it tries again for ever
};

/// One line of tmate's.
struct said {
  saying kind = saying::other;
  std::string text; ///< of a link: the guest's whole command; else the line, for people
};

/// Nothing but a plain `ssh [-pPORT] TOKEN@HOST` is taken for a link, since people paste it into a
/// shell; it is written as `ssh TOKEN@HOST [-p PORT]`.
said read_line(std::string_view line);

/// What the relay calls this share in its log: the beginning of the read-write link's token.
std::string door_of(std::string_view read_write_link);

/// Explains trouble that tmate would not get out of by itself.
messages::worker_lines::problem explain(const std::string& trouble);

/// Explains an end that nobody asked for; `reason` is the last that it said, and may be empty.
messages::worker_lines::problem explain_end(int wait_status, const std::string& reason);

} // namespace termlease::worker::tmate
