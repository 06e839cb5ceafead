#include "tools/worker/loop.hpp"

#include "messages/failure.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <unistd.h>

namespace termlease::worker {

namespace {

constexpr int events_per_wait = 16;

[[noreturn]] void epoll_failed(const char* what) {
  throw messages::failed("loop_failed", std::string(what) + ": " + std::strerror(errno));
}

} // namespace

loop::loop() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0) epoll_failed("epoll could not be created");
}

loop::~loop() {
  close(epoll_);
}

void loop::watch(int fd, std::uint32_t events, ready_callback callback) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  const bool known = callbacks_.contains(fd);
  if (epoll_ctl(epoll_, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event) != 0)
    epoll_failed("a descriptor could not be watched");
  callbacks_[fd] = std::move(callback);
}

void loop::rewatch(int fd, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  if (epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event) != 0)
    epoll_failed("a descriptor could not be watched");
}

void loop::forget(int fd) {
  if (callbacks_.erase(fd) > 0) epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
}

loop::timer_id loop::after(std::chrono::milliseconds delay, std::function<void()> callback) {
  const auto id = next_timer_++;
  timers_.emplace(clock::now() + delay, timer{id, std::move(callback)});
  return id;
}

void loop::cancel(timer_id id) {
  for (auto each = timers_.begin(); each != timers_.end(); ++each) {
    if (each->second.id != id) continue;
    timers_.erase(each);
    return;
  }
}

int loop::timeout_until_next_timer() const {
  if (timers_.empty()) return -1;
  const auto left = timers_.begin()->first - clock::now();
  if (left <= clock::duration::zero()) return 0;
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
  return ms > std::numeric_limits<int>::max() ? std::numeric_limits<int>::max()
                                              : static_cast<int>(ms);
}

void loop::run_due_timers() {
  // Timers set by a callback wait for the next turn, so that one that re-arms itself with no delay
  // can't starve the descriptors.
  const auto now = clock::now();
  const auto newest = next_timer_;
  while (running_ && !timers_.empty()) {
    auto first = timers_.begin();
    while (first != timers_.end() && first->second.id >= newest) ++first;
    if (first == timers_.end() || first->first > now) return;
    auto callback = std::move(first->second.callback);
    timers_.erase(first);
    callback();
  }
}

void loop::run() {
  running_ = true;
  std::array<epoll_event, events_per_wait> ready{};
  while (running_) {
    const int count = epoll_wait(epoll_, ready.data(), events_per_wait, timeout_until_next_timer());
    if (count < 0 && errno != EINTR) epoll_failed("waiting for events failed");
    for (int i = 0; i < count && running_; ++i) {
      const auto found = callbacks_.find(ready[i].data.fd);
      if (found == callbacks_.end()) continue;
      const auto callback = found->second; // a copy: the callback may forget itself
      callback(ready[i].events);
    }
    if (running_) run_due_timers();
  }
}

} // namespace termlease::worker
