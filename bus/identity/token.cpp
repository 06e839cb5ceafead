#include "bus/identity/token.hpp"

#include "bus/identity/sodium.hpp"

#include <algorithm>

namespace termlease::bus {

namespace {

constexpr std::string_view hash_domain = "termlease.access-token.v1";
constexpr std::size_t hash_size = 32;
constexpr int encoding = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
constexpr std::size_t encoded_size = 43;

bool is_base64url(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

} // namespace

std::string new_token() {
  require_sodium();
  token_bytes bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  auto text = token_text(bytes);
  sodium_memzero(bytes.data(), bytes.size());
  return text;
}

std::string token_text(const token_bytes& bytes) {
  std::array<char, encoded_size + 1> encoded{};
  sodium_bin2base64(encoded.data(), encoded.size(), bytes.data(), bytes.size(), encoding);
  std::string text(token_prefix);
  text.append(encoded.data(), encoded_size);
  sodium_memzero(encoded.data(), encoded.size());
  return text;
}

bool looks_like_token(std::string_view text) {
  if (!text.starts_with(token_prefix)) return false;
  text.remove_prefix(token_prefix.size());
  return text.size() == encoded_size && std::all_of(text.begin(), text.end(), is_base64url);
}

std::string token_hash(std::string_view token) {
  require_sodium();
  std::array<unsigned char, hash_size> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(token.data()),
                     token.size(), reinterpret_cast<const unsigned char*>(hash_domain.data()),
                     hash_domain.size());
  std::array<char, 2 * hash_size + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
  return hex.data();
}

bool token_matches(std::string_view token, std::string_view hash) {
  const auto computed = token_hash(token);
  return hash.size() == computed.size() &&
         sodium_memcmp(computed.data(), hash.data(), computed.size()) == 0;
}

} // namespace termlease::bus
