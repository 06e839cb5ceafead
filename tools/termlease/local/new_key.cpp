#include "tools/termlease/local/public_key.hpp"

#include "bus/identity/sodium.hpp"

#include <array>
#include <cstdint>

namespace termlease::cli {

namespace {

constexpr std::string_view type = "ssh-ed25519";
constexpr std::size_t block = 8; ///< what OpenSSH pads an unencrypted key to
constexpr std::size_t line_length = 70;

using key_bytes = std::array<unsigned char, crypto_sign_PUBLICKEYBYTES>;
using secret_bytes = std::array<unsigned char, crypto_sign_SECRETKEYBYTES>;

std::string number(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes += static_cast<char>(static_cast<unsigned char>(value >> shift));
  return bytes;
}

std::string field(std::string_view bytes) {
  return number(static_cast<std::uint32_t>(bytes.size())) + std::string(bytes);
}

template <std::size_t Size> std::string_view view(const std::array<unsigned char, Size>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string base64(std::string_view bytes) {
  constexpr int variant = sodium_base64_VARIANT_ORIGINAL;
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), variant), '\0');
  ::sodium_bin2base64(text.data(), text.size(),
                      reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), variant);
  text.pop_back(); // the C string's end
  return text;
}

/// OpenSSH's own form, unencrypted (its PROTOCOL.key): two equal check numbers before the key, and
/// 1, 2, 3 … as padding behind it.
std::string private_form(const std::string& blob, const key_bytes& open, const secret_bytes& secret,
                         const std::string& comment) {
  const auto check = number(::randombytes_random());
  std::string inner =
      check + check + field(type) + field(view(open)) + field(view(secret)) + field(comment);
  for (char next = 1; inner.size() % block != 0; ++next) inner += next;
  const auto text = base64(std::string("openssh-key-v1\0", 15) + field("none") + field("none") +
                           field("") + number(1) + field(blob) + field(inner));
  std::string lines = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
  for (std::size_t at = 0; at < text.size(); at += line_length)
    lines += text.substr(at, line_length) + "\n";
  return lines + "-----END OPENSSH PRIVATE KEY-----\n";
}

} // namespace

key_pair make_key_pair(const std::string& comment) {
  bus::require_sodium();
  key_bytes open{};
  secret_bytes secret{};
  ::crypto_sign_keypair(open.data(), secret.data());
  const auto blob = field(type) + field(view(open));
  const auto line = std::string(type) + " " + base64(blob) + " " + comment;
  key_pair pair{parse_public_key(line, "the new key"), private_form(blob, open, secret, comment)};
  ::sodium_memzero(secret.data(), secret.size());
  return pair;
}

} // namespace termlease::cli
