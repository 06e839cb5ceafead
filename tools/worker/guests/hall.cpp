#include "tools/worker/guests/hall.hpp"

#include "messages/failure.hpp"
#include "tools/worker/guests/hall_state.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace termlease::worker {

namespace {

constexpr int most_waiting_at_door = 16;
constexpr const char* full_text = "This share has as many guests as it takes. Try again later.";

} // namespace

hall::hall(loop& events, mirror_options pane, hall_options options, hall_events callbacks)
    : state_(std::make_unique<state>(events, std::move(pane), std::move(options),
                                     std::move(callbacks))) {}

hall::~hall() = default;

bool hall::admit(guest_number guest) {
  return state_->admit(guest);
}

void hall::hold(guest_number guest, std::string text) {
  state_->hold(guest, std::move(text));
}

bool hall::has_drawn(guest_number guest) const {
  return state_->has_drawn(guest);
}

void hall::set_mode(guest_number guest, messages::share_mode mode) {
  state_->set_mode(guest, mode);
}

std::vector<guest_passage> hall::passages() const {
  return state_->passages();
}

void hall::refuse(guest_number guest, std::string text) {
  state_->refuse(guest, text);
}

void hall::set_status(std::string text, bool alert) {
  state_->set_status(std::move(text), alert);
}

void hall::end_all(std::string text) {
  state_->end_all(text);
}

std::size_t hall::size() const {
  return state_->size();
}

hall::state::state(loop& events, mirror_options pane, hall_options options, hall_events callbacks)
    : loop_(events), options_(std::move(options)), events_(std::move(callbacks)),
      recording_left_(std::make_shared<std::uint64_t>(options_.recording_limit)),
      mirror_(make_mirror(
          options_.mirrors, events,
          [&] {
            pane.read_only |= options_.mode != messages::share_mode::rw;
            return std::move(pane);
          }(),
          mirror_events{[this](std::size_t bytes) { changed(bytes); },
                        [this](messages::failure why) {
                          if (events_.terminal_gone) events_.terminal_gone(std::move(why));
                        }})),
      last_number_(options_.guests_before) {
  open_door();
}

hall::state::~state() {
  close_door();
  loop_.cancel(draw_timer_);
  loop_.cancel(relief_timer_);
}

void hall::state::open_door() {
  const auto fail = [&](const std::string& why) {
    close_door();
    throw messages::failed("guest_socket_failed",
                           "the guests' socket " + options_.socket_path +
                               " can't be opened: " + why,
                           "see whether its folder exists and is writable");
  };
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (options_.socket_path.size() >= sizeof address.sun_path) fail("its path is too long");
  std::copy(options_.socket_path.begin(), options_.socket_path.end(), address.sun_path);
  door_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (door_ < 0) fail(std::strerror(errno));
  unlink(options_.socket_path.c_str());
  fchmod(door_, S_IRUSR | S_IWUSR); // what bind creates gets no wider mode than this
  if (bind(door_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(door_, most_waiting_at_door) != 0)
    fail(std::strerror(errno));
  loop_.watch(door_, EPOLLIN, [this](std::uint32_t) { accept_one(); });
}

void hall::state::close_door() {
  if (door_ < 0) return;
  loop_.forget(door_);
  close(door_);
  unlink(options_.socket_path.c_str());
  door_ = -1;
}

void hall::state::accept_one() {
  const int fd = accept4(door_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) return;
  ucred peer{};
  socklen_t length = sizeof peer;
  const bool known = getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0;
  if (!known || peer.uid != geteuid() || guests_.size() >= options_.max_guests + more_connections) {
    close(fd);
    return;
  }
  welcome(fd, peer.pid);
}

void hall::state::welcome(int fd, pid_t pid) {
  const auto number = ++last_number_;
  const bool full = guests_.size() >= options_.max_guests;
  guest::listener told;
  told.greeted = [this, number] { greeted(number); };
  told.resized = [this, number] { draw(*find(number)); };
  told.typed = [this, number](std::string_view bytes) { typed(number, bytes); };
  told.drawn = [this, number] {
    auto& drawn = *find(number);
    // Only who is admitted is drawn for by the timer.
    const bool drawn_later = draw_timer_ != 0 && drawn.now == guest::phase::admitted;
    if (drawn.outdated() && !drawn_later) draw(drawn);
  };
  loop_.watch(fd, EPOLLIN, [this, number](std::uint32_t events) { heard(number, events); });
  auto& fresh = guests_[number];
  fresh = std::make_unique<guest>(loop_, fd, number, pid, options_.mode, std::move(told));
  if (full) return let_go(number, full_text);
  fresh->end_timer = loop_.after(greeting_time, [this, number] { remove(number); });
}

void hall::state::heard(guest_number number, std::uint32_t events) {
  if (auto* who = find(number); who && !who->handle(events)) remove(number);
}

guest* hall::state::find(guest_number number) const {
  const auto found = guests_.find(number);
  return found == guests_.end() ? nullptr : found->second.get();
}

void hall::state::greeted(guest_number number) {
  auto& who = *find(number);
  loop_.cancel(std::exchange(who.end_timer, 0));
  if (ended_) return let_go(number, "The share has ended.");
  mirror_->start();
  who.picture.set_status("checking…", false);
  draw(who);
  listen_to(who);
  if (events_.arrived) events_.arrived(number, who.pid());
}

bool hall::state::admit(guest_number number) {
  auto* who = find(number);
  if (!who || who->now != guest::phase::waiting) return false;
  if (!options_.recordings.empty() && !who->is_recorded()) {
    try {
      who->record(options_.recordings + "/g" + std::to_string(number) + ".cast", recording_left_);
    } catch (const messages::failed& why) {
      // Where it would have been is the operator's business.
      std::fprintf(stderr, "%s\n", why.why().message.c_str());
      let_go(number, "This share is recorded, and no recording of you can be made.");
      return false;
    }
  }
  who->now = guest::phase::admitted;
  show_status(*who);
  draw(*who);
  listen_to(*who);
  return true;
}

void hall::state::hold(guest_number number, std::string text) {
  auto* who = find(number);
  if (!who || who->now == guest::phase::greeting || who->now == guest::phase::leaving) return;
  who->now = guest::phase::waiting;
  stop_typing(*who);
  loop_.cancel(std::exchange(who->note_timer, 0));
  if (options_.is_shared) who->picture.forget();
  who->picture.set_status(std::move(text), true);
  draw(*who);
  listen_to(*who);
}

bool hall::state::has_drawn(guest_number number) const {
  const auto* who = find(number);
  return !who || who->is_up_to_date();
}

void hall::state::set_mode(guest_number number, messages::share_mode mode) {
  if (number == 0) options_.mode = mode;
  bool anyone = options_.mode == messages::share_mode::rw;
  for (const auto& [each, who] : guests_) {
    if (number == 0 || each == number) change_mode(*who, mode);
    anyone |= who->mode() == messages::share_mode::rw;
  }
  mirror_->set_read_only(!anyone);
  if (mirror_->congested() && relief_timer_ == 0) relieve();
  for (const auto& [each, who] : guests_) listen_to(*who);
}

void hall::state::change_mode(guest& who, messages::share_mode mode) {
  if (who.mode() == mode) return;
  who.set_mode(mode);
  stop_typing(who);
  if (who.now != guest::phase::admitted) return;
  show_status(who);
  draw(who);
}

std::vector<guest_passage> hall::state::passages() const {
  std::vector<guest_passage> all;
  const auto now = loop::clock::now();
  for (const auto& [number, who] : guests_)
    if (who->now == guest::phase::admitted)
      all.push_back({number, who->bytes_in(), who->bytes_out(),
                     std::chrono::duration_cast<std::chrono::milliseconds>(now - who->busy_at())});
  return all;
}

void hall::state::refuse(guest_number number, const std::string& text) {
  if (find(number)) let_go(number, text);
}

/// Nothing half typed reaches the pane any more.
void hall::state::stop_typing(guest& who) {
  loop_.cancel(std::exchange(who.typing_timer, 0));
  who.keys = {};
}

void hall::state::let_go(guest_number number, std::string_view text) {
  auto& who = *find(number);
  if (who.now == guest::phase::leaving) return;
  stop_typing(who);
  who.end(text);
  loop_.cancel(who.end_timer);
  who.end_timer = loop_.after(leaving_time, [this, number] { remove(number); });
}

void hall::state::remove(guest_number number) {
  const auto found = guests_.find(number);
  if (found == guests_.end()) return;
  const bool arrived = found->second->arrived();
  auto recording = found->second->end_recording();
  guests_.erase(found);
  if (size() == 0) mirror_->stop();
  if (arrived && events_.left) events_.left(number, std::move(recording));
}

std::size_t hall::state::size() const {
  return static_cast<std::size_t>(std::count_if(
      guests_.begin(), guests_.end(), [](const auto& each) { return each.second->arrived(); }));
}

void hall::state::end_all(const std::string& text) {
  ended_ = true;
  close_door();
  for (const auto& [number, who] : guests_) let_go(number, text);
  mirror_->stop();
  loop_.cancel(std::exchange(draw_timer_, 0));
}

} // namespace termlease::worker
