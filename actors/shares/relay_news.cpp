// What a share learns from its relay alone: who is in, where no guest has a program of its own; and
// that guests come in by another link.
#include "actors/shares/lease_holder.hpp"
#include "bus/identity/public_key.hpp"

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
    return guest_left({id, {}});
  }
  if (over() || at_relay_.contains(news.number)) return;
  worker_lines::guest_joined joined;
  joined.guest_id = "g" + std::to_string(guests_so_far_ + 1);
  joined.address = news.address;
  // The relay doesn't say by which key; where there is only one, it was that one.
  if (order_.keys.size() == 1)
    joined.key_fingerprint = bus::parse_public_key(order_.keys.front(), "a key").fingerprint;
  at_relay_[news.number] = joined.guest_id;
  guest_joined(joined);
}

void lease_holder::link_changed(const worker_lines::link_changed& news) {
  if (!is_open() || link_.text == news.link) return;
  link_.text = news.link;
  door_ = news.door;
  everybody_left(); // with the relay that they came by
  record_fact(draft(*env_, own_context("share.link"), share_link_changed{order_.view}));
  // With the link, which no event has.
  changed();
}

} // namespace termlease::actors
