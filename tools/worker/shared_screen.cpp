#include "tools/worker/shared_screen.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace termlease::worker {

namespace {

using std::chrono::milliseconds;

/// From a guest's program through its backend to the relay, and looks whether something is so.
constexpr milliseconds a_moment{20};
/// Whom the relay let in before the door was shut is in by then.
constexpr milliseconds still_coming{100};
/// Who is not in by then never will be: the door was shut in its face.
constexpr milliseconds left_outside{1000};
/// Those whom that happens to later are few, and see nothing.
constexpr milliseconds longest_between_sweeps{64000};
/// A guest whose terminal takes nothing isn't told why it goes.
constexpr milliseconds longest_telling{1000};

} // namespace

shared_screen::shared_screen(loop& events, hall& guests, backend& relay, bool knock,
                             told_joined joined)
    : loop_(events), hall_(guests), backend_(relay), knock_(knock), joined_(std::move(joined)) {}

shared_screen::~shared_screen() {
  close();
}

void shared_screen::close() {
  for (auto* timer : {&opening_, &letting_in_, &putting_out_, &sweep_})
    loop_.cancel(std::exchange(*timer, 0));
}

bool shared_screen::arrived(guest_number program, pid_t pid) {
  if (!knock_ && !hall_.admit(program)) return false;
  program_ = program;
  pid_ = pid;
  if (knock_) show(showing::door, knocks_text);
  return true;
}

void shared_screen::show(showing what, const std::string& text) {
  now_ = what;
  hall_.hold(program_, text);
}

void shared_screen::set_door(bool open, std::size_t stay) {
  loop_.cancel(std::exchange(opening_, 0));
  loop_.cancel(std::exchange(letting_in_, 0)); // somebody else came, or nobody is there
  if (!open) {
    stay_ = now_ == showing::refusal ? 0 : stay;
    if (!std::exchange(shut_, true)) backend_.set_door(false, [this] { shut_at_ = clock::now(); });
    backend_.put_out_but(stay_, false);
    return sweep_in(still_coming, left_outside);
  }
  loop_.cancel(std::exchange(putting_out_, 0));
  loop_.cancel(std::exchange(sweep_, 0));
  if (std::exchange(shut_, false)) backend_.put_out_but(stay, true);
  shut_at_.reset();
  if (!knock_ || program_ == 0) return backend_.set_door(true, {});
  // Whoever comes in sees what the others saw last.
  show(showing::door, knocks_text);
  once_shown(opening_, clock::time_point::max(), [this] { backend_.set_door(true, {}); });
}

void shared_screen::once_shown(loop::timer_id& timer, clock::time_point until,
                               std::function<void()> then) {
  timer = loop_.after(a_moment, [this, &timer, until, then = std::move(then)]() mutable {
    if (program_ == 0) return;
    if (!hall_.has_drawn(program_) && clock::now() < until)
      return once_shown(timer, until, std::move(then));
    timer = loop_.after(a_moment, std::move(then));
  });
}

void shared_screen::let_in(const std::string& guest_id) {
  if (program_ != 0 && shut_ && now_ == showing::door) let_in_once_shut(guest_id);
}

/// Whoever is in sees the same, so nobody but the one who is let in may be there.
void shared_screen::let_in_once_shut(const std::string& guest_id) {
  loop_.cancel(letting_in_);
  letting_in_ = loop_.after(a_moment, [this, guest_id] {
    if (program_ == 0) return;
    if (!shut_at_ || clock::now() < *shut_at_ + still_coming) return let_in_once_shut(guest_id);
    backend_.put_out_but(1, true);
    if (!hall_.admit(program_)) return;
    now_ = showing::terminal;
    joined_({guest_id, {}, {}, pid_});
  });
}

void shared_screen::put_out(const std::string& text) {
  if (program_ == 0) return;
  for (auto* timer : {&letting_in_, &putting_out_, &sweep_}) // nobody goes before it is told why
    loop_.cancel(std::exchange(*timer, 0));
  stay_ = 0;
  show(showing::refusal, text);
  once_shown(putting_out_, clock::now() + longest_telling, [this] {
    backend_.put_out_but(0, false);
    sweep_in(still_coming, left_outside);
  });
}

/// One who came in as the door was shut is found late, and one who heeds no signal is killed.
void shared_screen::sweep_in(milliseconds wait, milliseconds next) {
  loop_.cancel(sweep_);
  sweep_ = loop_.after(wait, [this, next] {
    backend_.put_out_but(stay_, shut_at_ && clock::now() >= *shut_at_ + left_outside);
    sweep_in(next, std::min(2 * next, longest_between_sweeps));
  });
}

} // namespace termlease::worker
