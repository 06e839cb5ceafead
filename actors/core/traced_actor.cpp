#include "actors/core/traced_actor.hpp"

#include <algorithm>
#include <exception>

namespace termlease::actors {

using trace::carried;
using trace::here;
using trace::mark;
using trace::step_kind;
using trace::step_outcome;

namespace {

/// Whoever ends tells those who watch it, and they may have ended first: nothing is lost by that.
bool is_farewell(const caf::type_erased_tuple& content) {
  return content.match_elements<caf::down_msg>() || content.match_elements<caf::exit_msg>();
}

} // namespace

std::string& birth_name::next() {
  thread_local std::string name;
  return name;
}

bool is_crash(const caf::error& why) {
  return why && why != caf::exit_reason::normal && why != caf::exit_reason::user_shutdown &&
         why != caf::exit_reason::unreachable;
}

/// Ends also when it crashes.
class traced_actor::turn {
public:
  /// `id` is 0 when it isn't recorded.
  turn(traced_actor& of, std::uint64_t id, mark at, std::int64_t began, mark timer_set_in = {})
      : of_(of), id_(id), entered_(std::uncaught_exceptions()),
        now_({at, of.ctrl(), &of.requests_, of.pulse_.get(), timer_set_in}) {
    of.pulse_->turn_began = std::max<std::int64_t>(1, began);
  }

  ~turn() {
    of_.pulse_->turn_began = 0;
    if (counts_) ++of_.pulse_->turns;
    of_.last_ = here().at;
    of_.free_since_ = 0;
    if (id_ == 0 || of_.recorder_ == nullptr) return;
    if (std::uncaught_exceptions() > entered_) how_ = step_outcome::crashed;
    of_.free_since_ = of_.now();
    of_.recorder_->finish(id_, how_, of_.free_since_);
  }

  turn(const turn&) = delete;
  turn& operator=(const turn&) = delete;

  void put_back() {
    how_ = step_outcome::put_back;
    counts_ = false; // it waits on
  }

  /// A birth: no message.
  void handles_none() { counts_ = false; }

private:
  traced_actor& of_;
  std::uint64_t id_;
  int entered_;
  bool counts_ = true;
  step_outcome how_ = step_outcome::done;
  trace::scope now_;
};

traced_actor::traced_actor(caf::actor_config& config, beginning begin)
    : caf::event_based_actor(config), begin_(std::move(begin)), path_(birth_name::take()),
      recorder_(trace::recorder_of(system())), born_in_(here().at) {}

trace::name_id traced_actor::name() {
  auto known = name_.load(std::memory_order_relaxed);
  if (recorder_->knows(known)) return known;
  known = recorder_->name(path_.empty() ? "(unnamed)" : path_);
  name_.store(known, std::memory_order_relaxed);
  return known;
}

trace::beginning traced_actor::step(step_kind kind, mark cause) {
  trace::beginning made;
  made.cause = cause;
  made.actor = name();
  made.kind = kind;
  made.arrived = made.began = now();
  return made;
}

void traced_actor::enqueue(caf::mailbox_element_ptr message, caf::execution_unit* on) {
  ++pulse_->arrived;
  const auto* known = trace::case_of(*message);
  const bool is_timer = known != nullptr && known->is_timer;
  if (is_timer) --pulse_->timers;
  if (recorder_ != nullptr) message = trace::in_case(*recorder_, std::move(message), now());
  // A timer that rings for nobody is no loss.
  if (mailbox().closed() && !is_timer && !is_farewell(message->content())) note_lost(*message);
  caf::event_based_actor::enqueue(std::move(message), on);
}

void traced_actor::note_lost(const caf::mailbox_element& message) {
  ++pulse_->dead_letters;
  if (recorder_ != nullptr)
    trace::note_lost(*recorder_, static_cast<const carried&>(message), name(), now());
}

caf::behavior traced_actor::make_behavior() {
  auto begin = std::exchange(begin_, {});
  const auto began = now();
  auto at = born_in_;
  if (recorder_ != nullptr) at.turn = recorder_->begin(step(step_kind::birth, born_in_));
  turn now(*this, at.turn, at, began);
  now.handles_none();
  return begin(this);
}

/// From here on one turn begins when the one before it ended: the time is read once for both.
traced_actor::resume_result traced_actor::resume(caf::execution_unit* on, std::size_t most_turns) {
  free_since_ = 0;
  return caf::event_based_actor::resume(on, most_turns);
}

caf::invoke_message_result traced_actor::consume(caf::mailbox_element& message) {
  const auto arrived = recorder_ == nullptr ? 0 : static_cast<carried&>(message).arrived;
  const auto began = free_since_ != 0 ? std::max(free_since_, arrived) : now();
  std::uint64_t id = 0;
  mark at;
  mark timer_set_in;
  if (recorder_ != nullptr) {
    auto& known = static_cast<carried&>(message); // whatever is in the mailbox came by `enqueue`
    if (known.is_timer) timer_set_in = known.cause;
    at = begin_turn(known, began, id);
  }
  turn now(*this, id, at, began, timer_set_in);
  const auto result = caf::event_based_actor::consume(message);
  if (result == caf::invoke_message_result::skipped) now.put_back();
  return result;
}

/// An answer belongs to what its question belonged to. A turn that isn't recorded causes nothing:
/// its own cause does.
mark traced_actor::begin_turn(carried& message, std::int64_t began, std::uint64_t& id) {
  trace::beginning next;
  next.cause = message.cause;
  if (message.mid.is_response()) {
    const auto question = requests_.answered(message.mid.request_id().integer_value());
    next.asked = question.turn;
    if (question.turn != 0) next.cause.correlation = question.correlation;
    if (next.cause.turn == 0) next.cause.turn = question.turn; // a request's time that ran out
  } else if (message.parent != 0) {
    next.asked = message.parent;
    next.has_parent = true;
  }
  next.actor = name();
  next.message = message.what;
  next.waiting = pulse_->waiting() - 1;
  next.arrived = message.arrived;
  next.began = began;
  id = recorder_->begin(next);
  return {id != 0 ? id : next.cause.turn, next.cause.correlation};
}

bool traced_actor::cleanup(caf::error&& why, caf::execution_unit* on) {
  if (recorder_ == nullptr || std::exchange(ended_, true))
    return caf::event_based_actor::cleanup(std::move(why), on);
  const auto end = step(step_kind::death, last_);
  const auto id = recorder_->begin(end);
  recorder_->finish(id, is_crash(why) ? step_outcome::crashed : step_outcome::done, end.began);
  const trace::scope now(mark{id, last_.correlation});
  return caf::event_based_actor::cleanup(std::move(why), on);
}

} // namespace termlease::actors
