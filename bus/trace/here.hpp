#pragma once

// Why: what an actor sends is caused by the turn that it is in, and no actor should have to say so.
// The turn that runs on a thread is known on that thread, and whoever takes a message there looks
// it up. Edges hand their work to other threads: they take the turn along with `bound`.

#include "bus/trace/recorder.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <utility>
#include <vector>

namespace termlease::trace {

/// How far an actor came. It may be read at any time, by any thread, and outlives the actor.
struct actor_pulse {
  std::atomic<std::uint64_t> arrived{0};
  std::atomic<std::uint64_t> turns{0};
  std::atomic<std::int64_t> turn_began{0}; ///< nanoseconds of the actor's clock; 0 between turns
  std::atomic<std::int64_t> timers{0};     ///< messages to itself that wait for their time
  std::atomic<std::uint64_t> dead_letters{0};

  std::uint64_t waiting() const {
    const auto done = turns.load();
    const auto all = arrived.load();
    return all > done ? all - done : 0;
  }
};

/// What an actor has asked and wasn't answered yet, so that the answer belongs to what the question
/// belonged to, whoever gives it. Most are answered in their order. Of the actor's own thread.
class open_requests {
public:
  void asked(std::uint64_t response, mark in) {
    if (done_ > most_done) {
      open_.erase(open_.begin(), first());
      done_ = 0;
    }
    open_.emplace_back(response, in);
  }

  /// The turn that asked for this; nothing when it isn't known.
  mark answered(std::uint64_t response) {
    const auto found = std::find_if(first(), open_.end(),
                                    [=](const auto& each) { return each.first == response; });
    if (found == open_.end()) return {};
    const auto in = found->second;
    if (found == first())
      ++done_;
    else
      open_.erase(found);
    if (first() == open_.end()) {
      open_.clear();
      done_ = 0;
    }
    return in;
  }

private:
  static constexpr std::ptrdiff_t most_done = 256;

  std::vector<std::pair<std::uint64_t, mark>>::iterator first() { return open_.begin() + done_; }

  std::vector<std::pair<std::uint64_t, mark>> open_;
  std::ptrdiff_t done_ = 0; ///< so many at its begin are answered
};

/// What runs on this thread now.
struct situation {
  mark at;
  const void* actor = nullptr; ///< its control block; null outside of actors
  open_requests* requests = nullptr;
  actor_pulse* pulse = nullptr;
  mark timer_set_in; ///< of a timer that rings now: the turn that set it
};

inline situation& here() {
  thread_local situation now;
  return now;
}

/// Something else runs on this thread until the scope ends, also by an exception.
class scope {
public:
  explicit scope(situation now) : before_(std::exchange(here(), now)) {}

  explicit scope(mark at) : scope(situation{at, nullptr, nullptr, nullptr, {}}) {}

  ~scope() { here() = before_; }

  scope(const scope&) = delete;
  scope& operator=(const scope&) = delete;

private:
  situation before_;
};

/// A function that runs, wherever it runs, as a part of the turn that made it.
template <class Work> auto bound(Work work) {
  return [at = here().at, work = std::move(work)](auto&&... given) mutable -> decltype(auto) {
    const scope now(at);
    return work(std::forward<decltype(given)>(given)...);
  };
}

} // namespace termlease::trace
