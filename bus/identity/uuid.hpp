#pragma once

// Why: ids are UUIDv7 (RFC 9562, section 5.7), so that they sort by time and audit clients know
// their form. The time and the seed come from outside: the same seed and the same times give the
// same ids, which makes a simulated run repeatable. An id is a name, not a secret.

#include "messages/time.hpp"

#include <cstdint>
#include <random>
#include <string>

namespace termlease::bus {

/// Makes ids in strictly rising order. Not for use by several threads.
class id_source {
public:
  /// The same `seed` gives the same ids for the same times.
  explicit id_source(std::uint64_t seed) : random_(seed) {}

  /// "0190163d-8694-739b-aea5-966c26f8ad91". Within one millisecond, and while the clock stands or
  /// runs backwards, the random part of the id before is counted up by a random step (RFC 9562,
  /// section 6.2, method 2). A time outside of 48 bits of milliseconds is clamped.
  std::string next(messages::instant now);

private:
  void draw();
  void count_up();

  std::mt19937_64 random_; // the standard fixes its numbers for every library
  std::int64_t time_ms_ = -1;
  std::uint64_t high_ = 0; // 12 bits, beside the version
  std::uint64_t low_ = 0;  // 62 bits, beside the variant
};

/// A seed from the kernel, for a real runtime. Throws `failed` (`crypto_unavailable`).
std::uint64_t system_seed();

} // namespace termlease::bus
