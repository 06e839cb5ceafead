#include "bus/trace/carried.hpp"

namespace termlease::trace {

void set_timer(caf::local_actor* self, caf::strong_actor_ptr to,
               caf::actor_clock::duration_type wait, caf::mailbox_element_ptr message) {
  auto* timer = new carried(std::move(message), here().at, 0);
  caf::mailbox_element_ptr owned(timer);
  // Another's timer is counted by nobody: it is a message on its way.
  timer->is_timer = here().pulse != nullptr && to.get() == self->ctrl();
  if (timer->is_timer) ++here().pulse->timers;
  self->clock().schedule_message(self->clock().now() + wait, std::move(to), std::move(owned));
}

} // namespace termlease::trace
