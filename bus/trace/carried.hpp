#pragma once

// Why: CAF keeps no room in a message for its cause (Debian's is built without the profiler that
// would have). So each message travels in a case that has it: made where the message enters a
// mailbox, or, of a timer, where it was set. The message inside is neither copied nor looked at.

#include "bus/trace/case_pool.hpp"
#include "bus/trace/here.hpp"

#include <caf/all.hpp>

#include <chrono>
#include <typeinfo>

namespace termlease::trace {

class carried final : public caf::mailbox_element {
public:
  carried(caf::mailbox_element_ptr inner, mark cause_of_it)
      : caf::mailbox_element(std::move(inner->sender), inner->mid, std::move(inner->stages)),
        cause(cause_of_it), inner_(std::move(inner)) {}

  static void* operator new(std::size_t) { return take_case(); }

  static void operator delete(void* at) noexcept { leave_case(at); }

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
  std::int64_t arrived = 0; ///< nanoseconds of the receiver's clock
  label what;
  bool is_timer = false;

private:
  caf::mailbox_element_ptr inner_;
};

static_assert(sizeof(carried) <= case_size);

/// Null when it is in none.
inline carried* case_of(caf::mailbox_element& message) {
  return &typeid(message) == &typeid(carried) ? static_cast<carried*>(&message) : nullptr;
}

/// Puts a message that is sent on this thread into a case, if it isn't in one, and says when it
/// came, if that isn't said. What a message says of itself goes before what is known of its sender.
caf::mailbox_element_ptr in_case(recorder& in, caf::mailbox_element_ptr message, std::int64_t now);

/// A step, now: it was for `actor`, which has ended.
void note_lost(recorder& in, const carried& message, name_id actor, std::int64_t now);

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
