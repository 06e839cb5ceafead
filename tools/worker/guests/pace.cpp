#include "tools/worker/guests/pace.hpp"

#include <algorithm>

namespace termlease::worker {

namespace {

std::chrono::milliseconds until(pace::time_point then, pace::time_point now) {
  if (then <= now) return {};
  return std::chrono::ceil<std::chrono::milliseconds>(then - now);
}

} // namespace

void pace::refill(time_point now) {
  const auto earned = (now - refilled_) / small_step;
  if (earned <= 0) return;
  left_ = static_cast<int>(std::min<std::int64_t>(burst, left_ + earned));
  refilled_ = left_ == burst ? now : refilled_ + earned * small_step;
}

std::chrono::milliseconds pace::wait(time_point now) {
  if (waiting_ >= much_output) return until(last_ + step, now);
  if (now - typed_ <= answer_time) return {};
  refill(now);
  return left_ > 0 ? std::chrono::milliseconds{} : until(last_ + step, now);
}

void pace::drew(time_point now) {
  refill(now);
  left_ = std::max(0, left_ - 1);
  last_ = now;
  waiting_ = 0;
}

} // namespace termlease::worker
