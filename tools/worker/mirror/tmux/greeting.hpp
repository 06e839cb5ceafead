#pragma once

// Why: a tmux server before 3.7 dies, with every terminal in it, when a client of its control mode
// goes while it greets, and when anything that such clients are told of happens meanwhile: another
// client leaves, a session begins, a pane is chosen. tmux's own client greets in several pieces,
// and the first of them names the mode. Here the same messages come in another order: the mode, the
// end of the greeting and the command are one piece, which the server takes in one turn, so nobody
// ever meets a client that is half there.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace termlease::worker {

/// The bit beside a message's length that says that a descriptor comes with it. A server since 3.6
/// takes the earlier one for too great a length, and hangs up; a server before would not see the
/// later one, and wait. So the earlier one is tried first.
enum class descriptor_mark : std::uint32_t { before_3_6 = 1u << 16, since_3_6 = 1u << 31 };

/// Comes to the server as a client of control mode that runs `command`, and speaks through
/// `control`, which stays the caller's. Returns the connection, non-blocking: while it is open the
/// client is there. -1 where nobody listens; with EAGAIN as `errno` where too many come at once.
/// The messages are those of tmux-protocol.h (version 8, tmux 3.2 to 3.7), framed as in imsg.h.
int greet(const std::string& server_socket, const std::vector<std::string>& command, int control,
          descriptor_mark mark);

/// Whether the server, by what came on the connection, wants the client to go.
bool is_sent_away(std::string_view messages);

} // namespace termlease::worker
