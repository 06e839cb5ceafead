// What a share learns from its relay alone: who is in, where no guest has a program of its own, and
// so whether anybody else may come in; and that guests come in by another link.
#include "actors/shares/lease_holder.hpp"
#include "bus/identity/public_key.hpp"
#include "messages/backends.hpp"

#include <algorithm>

namespace termlease::actors {

using namespace messages;

void lease_holder::relay_says(const relay_guest& news) {
  // The relay serves other shares as well.
  if (door_.empty() || news.door.text != door_) return;
  if (!news.in) {
    const auto found = at_relay_.find(news.number);
    if (found == at_relay_.end()) return;
    const auto id = found->second;
    at_relay_.erase(found);
    guest_left({id, {}});
    return watch_door();
  }
  if (over() || at_relay_.contains(news.number)) return;
  const auto id = "g" + std::to_string(guests_so_far_ + 1);
  at_relay_[news.number] = id;
  watch_door();
  // The relay doesn't say by which key; where there is only one, it was that one.
  const auto fingerprint = order_.keys.size() == 1
                               ? bus::parse_public_key(order_.keys.front(), "a key").fingerprint
                               : std::string{};
  if (order_.view.terms.knock) return guest_knocks({id, fingerprint, news.address, 0});
  guest_joined({id, fingerprint, news.address, 0});
}

bool lease_holder::is_at_relay(const std::string& guest) const {
  return std::any_of(at_relay_.begin(), at_relay_.end(),
                     [&](const auto& each) { return each.second == guest; });
}

failure lease_holder::others_at_door() {
  return {"others_at_door",
          "somebody else came at the same moment, and is just put out",
          {"try again in a moment"},
          true};
}

/// How many may be in at once where only the relay tells of them; 0: as many as come. Whoever is in
/// sees the same as the others, so those who wait to be let in come one by one.
std::uint32_t lease_holder::room_at_relay() const {
  if (tells_guests_apart(order_.view.backend)) return 0;
  return order_.view.terms.knock ? 1 : order_.view.terms.max_guests;
}

/// Two who came at the same moment are in before the door is shut: then it is said again.
void lease_holder::watch_door() {
  const auto most = room_at_relay();
  if (most == 0 || over()) return;
  const auto in = at_relay_.size();
  const bool full = in >= most;
  if (full == door_shut_ && in <= most) return;
  move_door(!full);
  // Who of them stays, nobody knows yet.
  if (is_crowded())
    for (const auto& each : order_.view.guests)
      answer_about(admits_, each.guest_id, answer_with(others_at_door()));
}

void lease_holder::move_door(bool open) {
  door_shut_ = !open;
  self_->send(worker_, worker_lines::door{open, room_at_relay()});
}

void lease_holder::link_changed(const worker_lines::link_changed& news) {
  if (!is_open() || link_.text == news.link) return;
  link_.text = news.link;
  door_ = news.door;
  everybody_left(); // with the relay that they came by
  // Also where it is believed to be open: an order may have been on its way.
  if (room_at_relay() != 0) move_door(true);
  record_fact(draft(*env_, own_context("share.link"), share_link_changed{order_.view}));
  // With the link, which no event has.
  changed();
}

} // namespace termlease::actors
