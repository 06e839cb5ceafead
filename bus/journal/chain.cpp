#include "bus/journal/chain.hpp"

#include <sodium.h>

namespace termlease::bus {

namespace {

constexpr std::string_view record_domain = "termlease.journal.record.v1";
constexpr std::string_view genesis_domain = "termlease.journal.genesis.v1";

void feed(crypto_generichash_state& state, std::string_view text) {
  crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(text.data()),
                            text.size());
}

} // namespace

chain_head genesis() {
  chain_head head;
  crypto_generichash(head.hash.data(), head.hash.size(),
                     reinterpret_cast<const unsigned char*>(genesis_domain.data()),
                     genesis_domain.size(), nullptr, 0);
  return head;
}

chain_hash link(const chain_hash& before, std::uint64_t sequence, std::string_view body) {
  std::array<unsigned char, 8> place{};
  for (auto& byte : place) {
    byte = static_cast<unsigned char>(sequence & 0xffU);
    sequence >>= 8;
  }
  crypto_generichash_state state;
  chain_hash hash{};
  crypto_generichash_init(&state, nullptr, 0, hash.size());
  feed(state, record_domain);
  crypto_generichash_update(&state, before.data(), before.size());
  crypto_generichash_update(&state, place.data(), place.size());
  feed(state, body);
  crypto_generichash_final(&state, hash.data(), hash.size());
  return hash;
}

std::string to_text(const chain_hash& hash) {
  std::array<char, 2 * sizeof(chain_hash) + 1> text{};
  sodium_bin2hex(text.data(), text.size(), hash.data(), hash.size());
  return text.data();
}

} // namespace termlease::bus
