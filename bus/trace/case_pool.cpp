#include "bus/trace/case_pool.hpp"

#include <array>
#include <mutex>
#include <new>
#include <utility>

namespace termlease::trace {

namespace {

constexpr std::size_t bundle_size = 32;

/// A free place begins with the next one.
struct place {
  place* next = nullptr;
};

void let_go(place* first) noexcept {
  while (first != nullptr) ::operator delete(std::exchange(first, first->next));
}

/// Bundles that no thread has.
class store {
public:
  /// Null when there is none.
  place* take() {
    const std::lock_guard hold(mutex_);
    return count_ == 0 ? nullptr : bundles_[--count_];
  }

  void leave(place* bundle) {
    {
      const std::lock_guard hold(mutex_);
      if (count_ < bundles_.size()) {
        bundles_[count_++] = bundle;
        return;
      }
    }
    let_go(bundle);
  }

private:
  std::mutex mutex_; ///< of what follows
  std::array<place*, most_kept_cases / bundle_size> bundles_{};
  std::size_t count_ = 0;
};

/// Outlives every thread.
store& others() {
  static auto& all = *new store;
  return all;
}

/// Of one thread. Nothing has to be constructed before it is looked at.
struct {
  place* first;
  std::size_t count;
  bool is_over; ///< the thread ends: nothing is kept for it any more
} thread_local mine;

struct farewell {
  ~farewell() {
    let_go(std::exchange(mine.first, nullptr));
    mine.is_over = true;
  }
};

/// Sees to it that what is kept for this thread goes with it; false when it has gone.
bool may_keep() {
  thread_local const farewell at_the_end;
  static_cast<void>(&at_the_end);
  return keeps_cases && !mine.is_over;
}

/// All but a bundle.
void give_away() {
  auto* last = mine.first;
  for (std::size_t i = 1; i < bundle_size; ++i) last = last->next;
  others().leave(std::exchange(last->next, nullptr));
  mine.count = bundle_size;
}

bool fetch() {
  if (!may_keep()) return false;
  mine.first = others().take();
  mine.count = mine.first == nullptr ? 0 : bundle_size;
  return mine.first != nullptr;
}

} // namespace

void* take_case() {
  if (mine.first == nullptr && !fetch()) return ::operator new(case_size);
  --mine.count;
  return std::exchange(mine.first, mine.first->next);
}

void leave_case(void* at) noexcept {
  if (mine.first == nullptr) {
    if (!may_keep()) return ::operator delete(at);
    mine.count = 0;
  }
  mine.first = new (at) place{mine.first};
  if (++mine.count == 2 * bundle_size) give_away();
}

} // namespace termlease::trace
