#pragma once

// Why: a case is made by the thread that sends and let go by the one that receives. The C library
// keeps what was let go for the thread that did so, and takes what is asked for from the heap; all
// cases would go that way, which costs as much as the rest of what is recorded of a message. Here
// those that a thread has too many of go to the others by the bundle.

#include <cstddef>

namespace termlease::trace {

/// So many are kept at most, besides two bundles in each thread.
inline constexpr std::size_t most_kept_cases = 4096;

/// In bytes.
inline constexpr std::size_t case_size = 128;

#ifdef __SANITIZE_ADDRESS__
inline constexpr bool keeps_cases = false; ///< it is to see whoever uses one that is gone
#else
inline constexpr bool keeps_cases = true;
#endif

/// Memory for one case. Any thread; throws std::bad_alloc.
void* take_case();
void leave_case(void* at) noexcept;

} // namespace termlease::trace
