#pragma once

// Why: a request with a mistake is refused before the gate is asked and before anything starts. The
// rules are plain functions, each with its own error.

#include "config/settings.hpp"
#include "messages/shares.hpp"

namespace termlease::actors {

/// Fills in what was left out, and normalises the keys. Throws `failed`: bad_ttl, bad_warn,
/// bad_key, no_keys, too_many_keys, unknown_backend, not_supported, bad_reason.
void check_request(messages::start_share& wanted, const config::settings& chosen);

/// What a backend can't do is refused before anything starts: half of it would be worse. Throws
/// `failed`: unknown_backend, not_supported.
void check_backend(const std::string& backend, const messages::share_terms& terms,
                   const config::settings& chosen);

/// At most this many keys in one request, this many bytes of each, and this long a wait.
inline constexpr std::size_t most_keys = 64;
inline constexpr std::size_t longest_key = 3072; ///< an RSA key of 16384 bits and its comment
inline constexpr messages::span longest_wait = messages::hours(24 * 7);

} // namespace termlease::actors
