#pragma once

// Why: what is over is still asked for, as long as it is not too long ago. So the last ones are
// kept, and no more of them however long a runtime lives.

#include <cstddef>
#include <deque>
#include <utility>

namespace termlease::actors {

/// The last `Most` of what was added, the oldest first.
template <class T, std::size_t Most> class recent {
public:
  void add(T one) {
    all_.push_back(std::move(one));
    if (all_.size() > Most) all_.pop_front();
  }

  auto begin() const { return all_.begin(); }

  auto end() const { return all_.end(); }

private:
  std::deque<T> all_;
};

} // namespace termlease::actors
