#pragma once

// Why: whichever backend it is, what a share was given ends up in a file or in the arguments of
// somebody else's program. What that program could read as something else is refused here, once.

#include "messages/worker_lines.hpp"

#include <string>
#include <string_view>

namespace termlease::worker {

/// A mistake of the runtime. Throws `failed` (`bad_start`).
[[noreturn]] void bad_start(const char* what);

/// Throws `failed` (`bad_start`) for no key, and for keys that are more than a plain public key.
void check_keys(const messages::worker_lines::start& share);

/// Throws `failed` (`bad_start`) for what is not a host and a port.
void check_relay(const messages::worker_lines::start& share);

/// Throws `failed` (`backend_missing`) with the hint when the backend's program can't be run.
void check_program(const messages::worker_lines::start& share, const char* hint);

/// Whether an absolute path is safe between single quotes.
bool can_be_quoted(std::string_view path);

/// The text of an authorized_keys file.
std::string authorized_keys_text(const messages::worker_lines::start& share);

} // namespace termlease::worker
