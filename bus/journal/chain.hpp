#pragma once

// Why: each record's hash covers the hash before it, its place and its exact text, so that a record
// can't be changed, dropped or moved without every later hash being wrong. The construction is
// plain enough to check with `b2sum -l 256`:
//
//   hash = BLAKE2b-256("termlease.journal.record.v1" || hash before || sequence, 8 bytes
//   little-endian
//                      || body)
//
// and the hash before the first record is BLAKE2b-256("termlease.journal.genesis.v1"). Everything
// before the body has a fixed length, so no two inputs run together.
//
// What it can't do: the hash has no key, so whoever may write the file can rewrite all of it, or
// cut its tail and the note of its head. Against that, the head's hash is noted somewhere else
// (`termlease audit verify` prints it) and compared later.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace termlease::bus {

using chain_hash = std::array<unsigned char, 32>;

/// The last record of a chain: its sequence (0: no record yet) and its hash.
struct chain_head {
  std::uint64_t sequence = 0;
  chain_hash hash{};
  bool operator==(const chain_head&) const = default;
};

/// The head of an empty chain.
chain_head genesis();

/// The hash of the record with this text at this place.
chain_hash link(const chain_hash& before, std::uint64_t sequence, std::string_view body);

/// 64 hex digits.
std::string to_text(const chain_hash& hash);

} // namespace termlease::bus
