// The worker's half of an end: it acts on the steps that ending.hpp decides.
#include "tools/worker/descendants.hpp"
#include "tools/worker/work_dir.hpp"
#include "tools/worker/worker.hpp"

#include <csignal>

namespace termlease::worker {

void worker::end(std::string text) {
  if (ending_) return;
  end_by_ = std::chrono::steady_clock::now() + end_deadline();
  enter(end_step::guests_leaving);
  if (admissions_) admissions_->close();
  if (hall_) {
    guests_told_ = static_cast<std::uint32_t>(hall_->size());
    hall_->end_all(std::move(text));
  }
  go_on_soon();
}

void worker::go_on_soon() {
  // Not at once: this may be a callback of something that the next step takes down.
  if (ending_) loop_.after(std::chrono::milliseconds(0), [this] { go_on(); });
}

end_view worker::look() const {
  // Before the backend is gone each child has an owner that reaps it.
  const bool all_ours = ending_ && *ending_ >= end_step::children_leaving;
  return {hall_ ? hall_->size() : 0, admissions_ ? admissions_->open_connections() : 0,
          backend_ && backend_->running(), all_ours && reap_own_children()};
}

void worker::go_on(bool limit_reached) {
  while (ending_ != end_step::over) {
    const auto next = next_step(*ending_, look(), limit_reached);
    if (next == *ending_) return;
    limit_reached = false;
    enter(next);
  }
}

std::chrono::milliseconds worker::end_deadline() const {
  return (share_ ? share_->end_deadline : messages::worker_lines::start{}.end_deadline).chrono();
}

std::chrono::milliseconds worker::limit_of_step(end_step step) const {
  const auto left = end_by_ - std::chrono::steady_clock::now();
  return limit_of(step,
                  {end_deadline(), std::chrono::duration_cast<std::chrono::milliseconds>(left)});
}

void worker::enter(end_step step) {
  ending_ = step;
  loop_.cancel(end_timer_);
  if (step != end_step::over)
    end_timer_ = loop_.after(limit_of_step(step), [this] { go_on(true); });
  if (step != end_step::guests_leaving) say_failure();
  switch (step) {
  case end_step::guests_leaving:
    break;
  case end_step::connections_closing:
    break;
  case end_step::guests_killed:
    if (admissions_) admissions_->kill_programs();
    break;
  case end_step::backend_stopping:
    if (backend_) backend_->stop([this] { go_on_soon(); });
    break;
  case end_step::backend_killed:
    backend_->kill();
    break;
  case end_step::children_leaving:
    close_doors();
    signal_own_children(SIGTERM);
    break;
  case end_step::sweeping:
    signal_own_children(SIGKILL);
    break;
  case end_step::over:
    if (!folder_.empty()) remove_dir(folder_);
    say(messages::worker_lines::ended{guests_told_});
    answers_.flush(limit_of_step(step));
    loop_.stop();
  }
}

void worker::children_changed() {
  if (!ending_ || *ending_ < end_step::children_leaving) return;
  if (reap_own_children() && ending_ == end_step::sweeping)
    signal_own_children(SIGKILL); // orphans of those that just died
  go_on();
}

void worker::say_failure() {
  if (failure_) say(*failure_);
  failure_.reset();
}

void worker::close_doors() {
  admissions_.reset();
  hall_.reset();
  backend_.reset();
}

} // namespace termlease::worker
