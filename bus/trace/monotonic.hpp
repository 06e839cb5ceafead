#pragma once

// Why: a turn reads the time three times, and asking the system each time would cost more than the
// rest of recording it. The processor counts on by itself; what it counted is put right by the
// system's clock every millisecond, in each thread, so that the two never differ by more than a
// fraction of a microsecond, also after the machine slept. Where the processor's counter can't be
// trusted, the system is asked.

#include <cstdint>

namespace termlease::trace {

/// Nanoseconds of CLOCK_MONOTONIC, for spans of time that are looked at by people.
std::int64_t monotonic_ns();

/// Measures the counter, once, for a millisecond; before the first call whoever asks waits for it.
void prepare_monotonic();

} // namespace termlease::trace
