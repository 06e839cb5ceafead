#include "bus/identity/uuid.hpp"

#include "bus/identity/sodium.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace termlease::bus {

namespace {

constexpr std::int64_t latest_ms = (std::int64_t{1} << 48) - 1;
constexpr std::uint64_t high_mask = (std::uint64_t{1} << 12) - 1;
constexpr std::uint64_t low_mask = (std::uint64_t{1} << 62) - 1;
constexpr std::uint64_t step_mask = (std::uint64_t{1} << 32) - 1;

} // namespace

void id_source::draw() {
  high_ = random_() & high_mask;
  low_ = random_() & low_mask;
}

void id_source::count_up() {
  low_ += 1 + (random_() & step_mask);
  if (low_ <= low_mask) return;
  low_ &= low_mask;
  if (++high_ <= high_mask) return;
  // The random part is used up: borrowing the next millisecond keeps the order.
  time_ms_ = std::min(time_ms_ + 1, latest_ms);
  draw();
}

std::string id_source::next(messages::instant now) {
  const auto ms = std::clamp<std::int64_t>(now.ms, 0, latest_ms);
  if (ms > time_ms_) {
    time_ms_ = ms;
    draw();
  } else {
    count_up();
  }
  const auto time = static_cast<std::uint64_t>(time_ms_);
  const std::uint64_t first = time << 16 | 0x7000U | high_;
  const std::uint64_t second = std::uint64_t{0b10} << 62 | low_;
  std::array<char, 37> text{};
  std::snprintf(text.data(), text.size(), "%08x-%04x-%04x-%04x-%012llx",
                static_cast<unsigned>(first >> 32), static_cast<unsigned>(first >> 16 & 0xffffU),
                static_cast<unsigned>(first & 0xffffU), static_cast<unsigned>(second >> 48),
                static_cast<unsigned long long>(second & 0xffff'ffff'ffffU));
  return text.data();
}

std::uint64_t system_seed() {
  require_sodium();
  std::uint64_t seed = 0;
  randombytes_buf(&seed, sizeof seed);
  return seed;
}

} // namespace termlease::bus
