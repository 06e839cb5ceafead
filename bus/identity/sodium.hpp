#pragma once

// Why: libsodium wants one call before its first use and says when it can't give randomness.
// Whoever uses it asks here, so that no path can forget.

#include "messages/failure.hpp"

#include <sodium.h>

namespace termlease::bus {

/// Makes libsodium ready; cheap when called again. Throws `failed` (`crypto_unavailable`).
inline void require_sodium() {
  static const int ready = sodium_init();
  if (ready < 0)
    throw messages::failed("crypto_unavailable",
                           "libsodium can't start: the system gives no random bytes",
                           "check that getrandom works here, for example in a container's policy");
}

} // namespace termlease::bus
