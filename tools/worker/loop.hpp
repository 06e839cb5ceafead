#pragma once

// Why: the worker is one thread around epoll. It stays a small process, and nothing in it can
// race. Timers are for the few deadlines a share has; a worker with nothing to do never wakes.

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <sys/epoll.h>
#include <unordered_map>

namespace termlease::worker {

class loop {
public:
  using clock = std::chrono::steady_clock;
  using ready_callback = std::function<void(std::uint32_t events)>; ///< EPOLLIN, EPOLLOUT, …
  using timer_id = std::uint64_t;

  loop();
  ~loop();
  loop(const loop&) = delete;
  loop& operator=(const loop&) = delete;

  /// Watches `fd` (level-triggered) until `forget(fd)`. Watching again replaces events and
  /// callback. A callback may forget any descriptor, its own too.
  void watch(int fd, std::uint32_t events, ready_callback callback);
  /// Changes the events of a watched descriptor and keeps its callback.
  void rewatch(int fd, std::uint32_t events);
  void forget(int fd);

  timer_id after(std::chrono::milliseconds delay, std::function<void()> callback);
  void cancel(timer_id timer);

  /// Runs callbacks until `stop()`.
  void run();

  void stop() { running_ = false; }

private:
  struct timer {
    timer_id id;
    std::function<void()> callback;
  };

  int timeout_until_next_timer() const;
  void run_due_timers();

  int epoll_ = -1;
  bool running_ = false;
  timer_id next_timer_ = 1;
  std::unordered_map<int, ready_callback> callbacks_;
  std::multimap<clock::time_point, timer> timers_;
};

} // namespace termlease::worker
