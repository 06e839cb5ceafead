// The hall's half between the mirror and the guests: pictures one way, keys the other.
#include "tools/worker/guests/hall_state.hpp"

#include <utility>

namespace termlease::worker {

namespace {

constexpr const char* unrecorded =
    "This share is recorded, and your recording can't go on: it is too long, or the disk is full.";

} // namespace

void hall::state::changed(std::size_t output_bytes) {
  pace_.changed(output_bytes, loop::clock::now());
  draw_soon();
}

void hall::state::draw_soon() {
  loop_.cancel(std::exchange(draw_timer_, 0));
  const auto wait = pace_.wait(loop::clock::now(), mirror_->flooded());
  if (wait.count() == 0) return draw_all();
  draw_timer_ = loop_.after(wait, [this] {
    draw_timer_ = 0;
    draw_all();
  });
}

void hall::state::draw_all() {
  for (const auto& [number, who] : guests_)
    if (who->now == guest::phase::admitted) {
      draw(*who);
      listen_to(*who);
    }
  pace_.drew(loop::clock::now());
}

void hall::state::draw(guest& to) {
  const bool may_see = to.now == guest::phase::admitted && mirror_->ready();
  to.draw(may_see ? &mirror_->picture() : nullptr);
  if (!to.recorded()) let_go(to.number, unrecorded);
}

// What a guest types before it can reach the pane waits in its terminal.
void hall::state::listen_to(guest& who) {
  const bool types = who.now == guest::phase::admitted && who.mode() == messages::share_mode::rw;
  who.listen(!types || (mirror_->ready() && relief_timer_ == 0));
}

void hall::state::set_status(std::string text, bool alert) {
  options_.status = std::move(text);
  alert_ = alert;
  for (const auto& [number, who] : guests_) {
    if (who->now != guest::phase::admitted) continue;
    loop_.cancel(std::exchange(who->note_timer, 0));
    show_status(*who);
    draw(*who);
  }
}

void hall::state::show_status(guest& to) {
  auto text = options_.name;
  text += to.mode() == messages::share_mode::ro ? " | read-only" : " | read-write";
  if (!options_.status.empty()) text += " | " + options_.status;
  to.picture.set_status(std::move(text), alert_);
}

void hall::state::note(guest_number number, const std::string& text) {
  auto& who = *find(number);
  who.picture.set_status(text, true);
  draw(who);
  loop_.cancel(who.note_timer);
  who.note_timer = loop_.after(note_time, [this, number] {
    auto& noted = *find(number);
    noted.note_timer = 0;
    show_status(noted);
    draw(noted);
  });
}

void hall::state::typed(guest_number number, std::string_view bytes) {
  auto& who = *find(number);
  if (who.mode() != messages::share_mode::rw || !mirror_->ready()) return;
  pace_.typed(loop::clock::now());
  hand writes(*this, number);
  who.keys.feed(bytes, who.picture.shown(), mirror_->picture().modes(), writes);
  wait_for_more(number);
  if (!mirror_->congested() || relief_timer_ != 0) return;
  relieve();
  for (const auto& [each, anyone] : guests_) listen_to(*anyone);
}

void hall::state::wait_for_more(guest_number number) {
  auto& who = *find(number);
  loop_.cancel(std::exchange(who.typing_timer, 0));
  if (!who.keys.holding()) return;
  who.typing_timer = loop_.after(who.keys.patience(), [this, number] {
    auto& waiting = *find(number);
    waiting.typing_timer = 0;
    hand writes(*this, number);
    waiting.keys.flush(writes);
  });
}

void hall::state::relieve() {
  relief_timer_ = loop_.after(relief_time, [this] {
    relief_timer_ = 0;
    if (mirror_->congested()) return relieve();
    for (const auto& [each, anyone] : guests_) listen_to(*anyone);
  });
}

void hall::state::hand::keys(std::string_view bytes) {
  room_.mirror_->input(bytes);
}

void hall::state::hand::paste(std::string_view body) {
  room_.mirror_->paste(body);
}

void hall::state::hand::paste_too_large() {
  room_.note(number_, "The paste is larger than 1 MiB and was left out");
}

} // namespace termlease::worker
