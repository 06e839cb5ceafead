#include "bus/trace/monotonic.hpp"

#include <chrono>

#if defined(__x86_64__)
#include <cpuid.h>
#include <x86intrin.h>
#endif

namespace termlease::trace {

namespace {

std::int64_t system_ns() {
  return std::chrono::steady_clock::now().time_since_epoch().count();
}

#if defined(__x86_64__)

constexpr std::int64_t measured_ns = 1'000'000;
constexpr std::uint64_t renewed_after_ns = 1'000'000;
constexpr unsigned fraction_bits = 20;

/// Whether it counts at one speed, whatever the processor does (AMD64 manual, CPUID 8000_0007).
bool counter_is_steady() {
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  return __get_cpuid(0x80000007, &a, &b, &c, &d) != 0 && (d & 1U << 8U) != 0;
}

/// Nanoseconds of one tick, in fractions; 0 when the counter is of no use.
std::uint64_t measure() {
  if (!counter_is_steady()) return 0;
  const auto began = system_ns();
  const auto first = __rdtsc();
  auto now = began;
  while (now - began < measured_ns) now = system_ns();
  const auto ticks = __rdtsc() - first;
  return ticks == 0 ? 0 : (static_cast<std::uint64_t>(now - began) << fraction_bits) / ticks;
}

std::uint64_t scale() {
  static const auto measured = measure();
  return measured;
}

/// When the counter showed what, in this thread.
struct anchor {
  std::uint64_t ticks = 0;
  std::int64_t ns = 0;
  std::uint64_t speed = 0; ///< 0: the system is asked each time
  std::uint64_t most = 0;  ///< ticks for which it holds
};

std::int64_t renew(anchor& at) {
  at.speed = scale();
  at.ns = system_ns();
  if (at.speed == 0) return at.ns;
  at.ticks = __rdtsc();
  at.most = (renewed_after_ns << fraction_bits) / at.speed;
  return at.ns;
}

#endif

} // namespace

#if defined(__x86_64__)

std::int64_t monotonic_ns() {
  thread_local anchor at;
  const auto since = __rdtsc() - at.ticks; // also wrong when it went back: then it is large
  if (since >= at.most) return renew(at);
  return at.ns + static_cast<std::int64_t>(since * at.speed >> fraction_bits);
}

void prepare_monotonic() {
  scale();
}

#else

std::int64_t monotonic_ns() {
  return system_ns();
}

void prepare_monotonic() {}

#endif

} // namespace termlease::trace
