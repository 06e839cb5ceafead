#pragma once

// Why: a token stands for a caller that is not the operator. It is shown once; what is kept is its
// hash. The token is 256 random bits, so a fast hash is enough: there is nothing to guess.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace termlease::bus {

constexpr std::string_view token_prefix = "tlt_";
using token_bytes = std::array<unsigned char, 32>;

/// A new token: "tlt_" and 43 characters of base64url, from the kernel's random bytes.
/// A secret. Throws `failed` (`crypto_unavailable`).
std::string new_token();

/// The text of a token of these bytes.
std::string token_text(const token_bytes& bytes);

/// True for a text of a token's form; says nothing about whether anybody knows it.
bool looks_like_token(std::string_view text);

/// What is kept of a token: BLAKE2b-256, keyed with a domain of its own, as 64 hex digits.
std::string token_hash(std::string_view token);

/// Whether `token` has this hash; takes the same time wherever the two differ.
bool token_matches(std::string_view token, std::string_view hash);

} // namespace termlease::bus
