#pragma once

// Why: a key decides who gets in, so it is checked where the person is who can still correct it.
// What looks like a key but isn't one, or is the private half, must never get as far as a request.

#include "bus/identity/public_key.hpp"

#include <istream>
#include <string>
#include <vector>

namespace termlease::cli {

/// The most that is read of a file that should hold keys.
inline constexpr std::size_t largest_key_file = std::size_t{64} << 10;

using bus::parse_public_key;
using bus::parse_public_keys;
using bus::public_key;

/// All keys of the files, each once; "-" is `standard_input`. For a private key its ".pub" is read.
/// Throws `failed`: `bad_key`, `no_keys`, `no_key_file`.
std::vector<public_key> read_public_keys(const std::vector<std::string>& files,
                                         std::istream& standard_input);

/// A key pair that is made here and shown once.
struct key_pair {
  public_key open;
  std::string private_text; ///< a secret, as a file for `ssh -i`
};

/// A new ed25519 pair. It never touches a disk. Throws `failed` (`crypto_unavailable`).
key_pair make_key_pair(const std::string& comment);

} // namespace termlease::cli
