#include "tools/worker/guests/pace.hpp"

#include <algorithm>

namespace termlease::worker {

namespace {

std::chrono::milliseconds until(pace::time_point then, pace::time_point now) {
  if (then <= now) return {};
  return std::chrono::ceil<std::chrono::milliseconds>(then - now);
}

} // namespace

std::chrono::milliseconds pace::wait(time_point now, bool flooded) const {
  const auto since = since_.value_or(now);
  if (flooded) return until(std::max(since, last_) + flood_step, now);
  if (waiting_ < much_output && now - typed_ <= answer_time) return {};
  return until(std::max(since + lead, last_ + step), now);
}

} // namespace termlease::worker
