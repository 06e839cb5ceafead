#pragma once

// Why: the answer to `share` holds secrets that are shown this once. The link stands alone on
// stdout, ready to be copied or caught by a script; who can use it and until when is said beside
// it.

#include "messages/shares.hpp"
#include "tools/termlease/errors.hpp"
#include "tools/termlease/local/public_key.hpp"

#include <string>
#include <vector>

namespace termlease::cli {

/// Who may join.
struct guest_keys {
  std::vector<public_key> open;
  std::string private_text; ///< of a key that was made for this share; else empty
};

/// Prints what became of a request. Throws `failed` (`denied`).
exit_code tell_share(const console& to, const messages::share_view& share, const guest_keys& keys);

} // namespace termlease::cli
