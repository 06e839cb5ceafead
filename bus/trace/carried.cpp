#include "bus/trace/carried.hpp"

#include "bus/trace/labels.hpp"

namespace termlease::trace {

namespace {

void heed(recorder& in, const claim& said, carried& of) {
  of.parent = said.parent;
  if (const auto id = in.turn_of(said.span)) of.cause = {id, in.correlation_of(id)};
  if (said.correlation.empty() || in.means(of.cause.correlation, said.correlation)) return;
  of.cause.correlation = in.name(said.correlation);
  // Whoever made up the correlation belongs to it as well.
  auto& from = here();
  if (from.at.turn == 0 || from.at.correlation != 0) return;
  from.at.correlation = of.cause.correlation;
  in.belongs(from.at.turn, from.at.correlation);
}

} // namespace

caf::mailbox_element_ptr in_case(recorder& in, caf::mailbox_element_ptr message, std::int64_t now) {
  auto* known = case_of(*message);
  if (known == nullptr) {
    const auto& from = here();
    known = new carried(std::move(message), from.at);
    message.reset(known);
    const auto seen = read(in, known->content());
    known->what = seen.what;
    heed(in, seen.said, *known);
    if (known->mid.is_request() && from.requests != nullptr && known->sender.get() == from.actor)
      from.requests->asked(known->mid.request_id().integer_value(), from.at);
  } else if (known->what.name == 0) {
    known->what = read(in, known->content()).what;
  }
  if (known->arrived == 0) known->arrived = now;
  return message;
}

void note_lost(recorder& in, const carried& message, name_id actor, std::int64_t now) {
  beginning lost;
  lost.kind = step_kind::dead_letter;
  lost.cause = message.cause;
  lost.actor = actor;
  lost.message = message.what;
  lost.arrived = message.arrived;
  lost.began = now;
  in.finish(in.begin(lost), step_outcome::done, now);
}

void set_timer(caf::local_actor* self, caf::strong_actor_ptr to,
               caf::actor_clock::duration_type wait, caf::mailbox_element_ptr message) {
  const auto& now = here();
  // One that is set again each time it rings would make a chain without an end.
  const auto cause = now.timer_set_in.turn != 0 ? now.timer_set_in : now.at;
  auto* timer = new carried(std::move(message), cause);
  caf::mailbox_element_ptr owned(timer);
  // Another's timer is counted by nobody: it is a message on its way.
  timer->is_timer = now.pulse != nullptr && to.get() == self->ctrl();
  if (timer->is_timer) ++now.pulse->timers;
  self->clock().schedule_message(self->clock().now() + wait, std::move(to), std::move(owned));
}

} // namespace termlease::trace
