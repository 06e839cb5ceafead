#include "tools/worker/ending.hpp"

#include <algorithm>

namespace termlease::worker {

namespace {

struct way_on {
  bool done;     // what the step waited for has happened
  end_step then; // where to go in that case
  end_step late; // where to go at the limit
};

way_on way_on_from(end_step current, const end_view& seen) {
  using enum end_step;
  const bool connections_gone = seen.connections == 0 || !seen.backend_running;
  switch (current) {
  case guests_leaving:
    return {seen.guests == 0, connections_closing, guests_killed};
  case connections_closing:
    return {connections_gone, backend_stopping, guests_killed};
  case guests_killed:
    return {seen.guests == 0 && connections_gone, backend_stopping, backend_stopping};
  case backend_stopping:
    return {!seen.backend_running, children_leaving, backend_killed};
  case backend_killed:
    return {!seen.backend_running, children_leaving, children_leaving};
  case children_leaving:
    return {!seen.descendants, over, sweeping};
  case sweeping:
    return {!seen.descendants, over, over};
  case over:
    break;
  }
  return {false, over, over};
}

} // namespace

std::chrono::milliseconds limit_of(end_step step, const end_time& time) {
  const auto percent = [&](int part) { return time.whole * part / 100; };
  switch (step) {
  case end_step::guests_leaving:
    return percent(20);
  case end_step::connections_closing:
    // The reason of the end is still on its way to the guests, through upterm and its relay.
    return percent(20);
  case end_step::guests_killed:
    return percent(5);
  case end_step::backend_stopping:
    return percent(15);
  case end_step::backend_killed:
    return percent(10);
  case end_step::children_leaving:
    // A client of the operator's tmux is best left to go by itself: it gets all that others spared.
    return std::max(time.left - percent(10), percent(0));
  case end_step::sweeping:
    return percent(8);
  case end_step::over:
    break;
  }
  return percent(2);
}

end_step next_step(end_step current, const end_view& seen, bool limit_reached) {
  const auto way = way_on_from(current, seen);
  if (way.done) return way.then;
  return limit_reached ? way.late : current;
}

} // namespace termlease::worker
