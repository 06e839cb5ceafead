#include "bus/trace/carried.hpp"

namespace termlease::trace {

void set_timer(caf::local_actor* self, caf::strong_actor_ptr to,
               caf::actor_clock::duration_type wait, caf::mailbox_element_ptr message) {
  const auto& now = here();
  // One that is set again each time it rings would make a chain without an end.
  const auto cause = now.timer_set_in.turn != 0 ? now.timer_set_in : now.at;
  auto* timer = new carried(std::move(message), cause, 0);
  caf::mailbox_element_ptr owned(timer);
  // Another's timer is counted by nobody: it is a message on its way.
  timer->is_timer = now.pulse != nullptr && to.get() == self->ctrl();
  if (timer->is_timer) ++now.pulse->timers;
  self->clock().schedule_message(self->clock().now() + wait, std::move(to), std::move(owned));
}

} // namespace termlease::trace
