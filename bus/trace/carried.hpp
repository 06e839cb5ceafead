#pragma once

// Why: CAF keeps no room in a message for its cause (Debian's is built without the profiler that
// would have). So each message travels in a case that has it: made where the message enters a
// mailbox, or, of a timer, where it was set. The message inside is neither copied nor looked at.

#include "bus/trace/here.hpp"

#include <caf/all.hpp>

#include <chrono>

namespace termlease::trace {

class carried final : public caf::mailbox_element {
public:
  carried(caf::mailbox_element_ptr inner, mark cause_of_it, std::int64_t arrived_at)
      : caf::mailbox_element(std::move(inner->sender), inner->mid, std::move(inner->stages)),
        cause(cause_of_it), arrived(arrived_at), inner_(std::move(inner)) {}

  caf::type_erased_tuple& content() override { return inner_->content(); }

  const caf::type_erased_tuple& content() const override {
    return std::as_const(*inner_).content();
  }

  caf::message move_content_to_message() override { return inner_->move_content_to_message(); }

  caf::message copy_content_to_message() const override {
    return inner_->copy_content_to_message();
  }

  mark cause;
  std::uint64_t parent = 0; ///< span of a client, when the message came from one
  std::int64_t arrived;     ///< nanoseconds of the receiver's clock
  bool is_timer = false;

private:
  caf::mailbox_element_ptr inner_;
};

/// A timer of `self`, or of whoever else gets it.
void set_timer(caf::local_actor* self, caf::strong_actor_ptr to,
               caf::actor_clock::duration_type wait, caf::mailbox_element_ptr message);

/// Sends something later, by the clock of `self`, with this turn as its cause.
template <class Wait, class... Words>
void later_to(caf::local_actor* self, caf::strong_actor_ptr to, Wait wait, Words&&... words) {
  set_timer(self, std::move(to), std::chrono::duration_cast<caf::actor_clock::duration_type>(wait),
            caf::make_mailbox_element(nullptr, caf::make_message_id(), {},
                                      std::forward<Words>(words)...));
}

/// The same to itself, as CAF's `delayed_send`.
template <class Wait, class... Words>
void later(caf::local_actor* self, Wait wait, Words&&... words) {
  later_to(self, caf::actor_cast<caf::strong_actor_ptr>(self), wait, std::forward<Words>(words)...);
}

} // namespace termlease::trace
