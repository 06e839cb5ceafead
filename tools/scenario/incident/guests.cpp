#include "tools/scenario/incident/guests.hpp"

#include "messages/identity.hpp"
#include "tools/scenario/incident/words.hpp"

namespace termlease::scenario {

using namespace messages;

namespace {

constexpr auto the_share = "$s.share.share_id";

template <class Event> std::optional<Event> as(const record& each) {
  if (each.event_type != Event::describe().name) return std::nullopt;
  return decoded<Event>(json::parse(each.metadata.text));
}

json with_guest(const std::string& guest) {
  return {{"share", the_share}, {"guest", guest}};
}

json mode_step(const std::string& guest, share_mode mode) {
  auto with = with_guest(guest);
  with["mode"] = name_of(mode);
  return {{"do", "guest.mode"}, {"with", std::move(with)}};
}

} // namespace

std::vector<json> told_guests::comes(const guest_view& guest, const char* what) {
  if (let_in_.erase(guest.guest_id) > 0) return {};
  return {{{"guest", what}, {"of", "s"}, {"name", guest.guest_id}}};
}

std::vector<json> told_guests::goes(const guest_view& guest) {
  if (put_out_.erase(guest.guest_id) > 0) return {};
  return {{{"guest", "leaves"}, {"of", "s"}, {"name", guest.guest_id}}};
}

std::vector<json> told_guests::mode_changes(const record& at, const std::string& guest,
                                            share_mode mode, bool allowed) {
  if (mode == share_mode::rw && answered_.erase(guest) > 0) return {};
  auto step = mode_step(guest, mode);
  if (mode == share_mode::rw && allowed)
    policy_.allows("share.mode", to_text(at.actor), hours(24), {});
  if (!allowed) step["answer"] = "denied";
  return {by_(to_text(at.actor), std::move(step))};
}

std::optional<std::vector<json>> told_guests::before(const record& each) {
  const auto who = to_text(each.actor);
  if (const auto news = as<share_guest_knocked>(each)) return comes(news->guest, "knocks");
  if (const auto news = as<share_guest_joined>(each)) return comes(news->guest, "joins");
  if (const auto news = as<share_guest_left>(each)) return goes(news->guest);
  if (const auto news = as<share_guest_admitted>(each)) {
    let_in_.insert(news->guest.guest_id);
    return std::vector{
        by_(who, {{"do", "guest.admit"}, {"with", with_guest(news->guest.guest_id)}})};
  }
  if (const auto news = as<share_guest_denied>(each)) {
    put_out_.insert(news->guest.guest_id);
    if (each.actor.kind == identity_kind::runtime) return std::vector<json>{};
    auto with = with_guest(news->guest.guest_id);
    if (!news->detail.empty()) with["reason"] = plain(news->detail);
    return std::vector{by_(who, {{"do", "guest.deny"}, {"with", std::move(with)}})};
  }
  if (const auto news = as<share_guest_kicked>(each)) {
    put_out_.insert(news->guest.guest_id);
    auto with = with_guest(news->guest.guest_id);
    if (!news->detail.empty()) with["reason"] = plain(news->detail);
    with["ban"] = news->banned;
    return std::vector{by_(who, {{"do", "guest.kick"}, {"with", std::move(with)}})};
  }
  if (const auto news = as<share_mode_changed>(each))
    return mode_changes(each, news->guest_id, news->mode, true);
  if (const auto news = as<share_mode_denied>(each))
    return mode_changes(each, news->guest_id, share_mode::rw, false);
  return std::nullopt;
}

json told_guests::asked(const approval_view& question) const {
  auto step = mode_step(question.guest_id, share_mode::rw);
  step["answer"] = "waits";
  return by_(question.requested_by, std::move(step));
}

} // namespace termlease::scenario
