#pragma once

// Why: upterm authenticates to the relay with a key, and makes none itself when it finds none. A
// key that lives as long as the share ties it to nothing else. An Ed25519 private key is 32 random
// bytes in a fixed PKCS#8 wrapping, so neither ssh-keygen (10 ms) nor a crypto library is needed.

#include <array>
#include <cstdint>
#include <string>

namespace termlease::worker::upterm {

using key_seed = std::array<std::uint8_t, 32>;

/// Fresh randomness from the kernel. Throws `failed` (`no_randomness`).
key_seed random_seed();

/// The private key in PEM ("PRIVATE KEY"), as upterm and OpenSSL read it.
std::string private_key_pem(const key_seed& seed);

} // namespace termlease::worker::upterm
