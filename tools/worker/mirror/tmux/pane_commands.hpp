#pragma once

// Why: what a guest types becomes part of tmux commands, and must never become one. Keys are
// written as hexadecimal numbers and pasted text as octal ones; both go through a condition that
// tmux itself checks in the same breath, so that nothing reaches a tree, a copy mode or a second
// pane.

#include <string>
#include <string_view>

namespace termlease::worker {

/// "%" and 1 to 10 digits.
bool is_pane_id(std::string_view text);

/// A command line that types `bytes` into `pane`; several for many bytes. Empty for no bytes.
std::string typing_commands(std::string_view pane, std::string_view bytes);
/// Command lines that paste `body`; NUL bytes are left out, since tmux can't hold them. The buffer
/// `name` is gone afterwards.
std::string pasting_commands(std::string_view pane, std::string_view name, std::string_view body);

} // namespace termlease::worker
