#include "tools/worker/upterm/host_key.hpp"

#include "messages/failure.hpp"

#include <algorithm>
#include <string_view>
#include <sys/random.h>

namespace termlease::worker::upterm {

namespace {

// RFC 8410: SEQUENCE { version 0, SEQUENCE { OID 1.3.101.112 }, OCTET STRING { OCTET STRING seed }
// }
constexpr std::array<std::uint8_t, 16> pkcs8_prefix{0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
                                                    0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20};
constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

} // namespace

key_seed random_seed() {
  key_seed seed{};
  if (getrandom(seed.data(), seed.size(), 0) != static_cast<ssize_t>(seed.size()))
    throw messages::failed("no_randomness", "the kernel gave no random bytes for a key");
  return seed;
}

std::string private_key_pem(const key_seed& seed) {
  std::array<std::uint8_t, 48> der{};
  std::copy(pkcs8_prefix.begin(), pkcs8_prefix.end(), der.begin());
  std::copy(seed.begin(), seed.end(), der.begin() + pkcs8_prefix.size());
  std::string text = "-----BEGIN PRIVATE KEY-----\n";
  for (std::size_t at = 0; at < der.size(); at += 3) { // 48 is a multiple of 3: no padding
    const unsigned bits = der[at] << 16U | der[at + 1] << 8U | der[at + 2];
    for (const unsigned shift : {18U, 12U, 6U, 0U}) text += alphabet[bits >> shift & 63U];
  }
  return text + "\n-----END PRIVATE KEY-----\n";
}

} // namespace termlease::worker::upterm
