#include "tools/termlease/output/event_text.hpp"

#include "tools/termlease/output/safe_text.hpp"
#include "tools/termlease/output/times.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace termlease::cli {

using messages::json;

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 44> words{{
    {"terminal.spawned", "terminal opened"},
    {"terminal.adopted", "terminal adopted"},
    {"terminal.closed", "terminal closed"},
    {"share.requested", "share asked for"},
    {"share.allowed", "share allowed"},
    {"share.denied", "share denied"},
    {"share.session.started", "share started"},
    {"share.relay.lost", "relay lost"},
    {"share.link.changed", "link changed"},
    {"share.warned", "share ends soon"},
    {"share.extended", "share extended"},
    {"share.extension.denied", "extension denied"},
    {"share.revoked", "share revoked"},
    {"share.session.stopped", "share ended"},
    {"share.guest.joined", "guest joined"},
    {"share.guest.left", "guest left"},
    {"share.guest.knocked", "guest knocks"},
    {"share.guest.admitted", "guest let in"},
    {"share.guest.denied", "guest sent away"},
    {"share.guest.kicked", "guest put out"},
    {"share.guest.recorded", "guest recorded"},
    {"share.switch.allowed", "switch allowed"},
    {"share.switch.denied", "switch denied"},
    {"share.switch.failed", "switch failed"},
    {"share.switched", "switched"},
    {"share.mode.changed", "mode changed"},
    {"share.mode.denied", "mode denied"},
    {"approval.requested", "approval asked for"},
    {"approval.voted", "approver agreed"},
    {"approval.resolved", "approval answered"},
    {"token.created", "token made"},
    {"token.revoked", "token revoked"},
    {"policy.loaded", "policy read"},
    {"policy.rejected", "policy broken"},
    {"relay.started", "relay started"},
    {"relay.stopped", "relay stopped"},
    {"actor.restarted", "part restarted"},
    {"chaos.crashed", "made to crash"},
    {"runtime.started", "runtime started"},
    {"runtime.stopped", "runtime stopped"},
    {"bus.gap", "events missed"},
    {"share.snapshot", "shares now"},
    {"terminal.snapshot", "terminals now"},
    {"approval.snapshot", "approvals now"},
}};

void add(std::string& to, const std::string& text) {
  if (text.empty()) return;
  to += (to.empty() ? "" : ", ") + text;
}

std::string labelled(const std::string& label, const std::string& text) {
  return text.empty() ? std::string{} : label + text;
}

std::string clock_text(const std::string& rfc3339) {
  try {
    return rfc3339.empty() ? rfc3339 : local_time(messages::parse_instant(rfc3339), now());
  } catch (const messages::failed&) {
    return rfc3339;
  }
}

std::string number_in(const json& object, std::string_view key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->dump() : std::string{};
}

std::string share_detail(std::string_view topic, const json& payload) {
  std::string text;
  if (topic.starts_with("share.guest.")) {
    for (const char* key : {"guest_id", "key_fingerprint", "address"})
      add(text, text_in(payload, "guest", key));
    for (const char* key : {"path", "detail"}) add(text, text_in(payload, key));
    return text;
  }
  if (topic == "share.requested") {
    add(text, text_in(payload, "share", "mode") + labelled(" for ", text_in(payload, "ttl")));
    add(text, text_in(payload, "share", "reason"));
  } else if (topic == "share.session.started") {
    add(text, text_in(payload, "share", "mode") +
                  labelled(" via ", text_in(payload, "share", "backend")));
    add(text, labelled("until ", clock_text(text_in(payload, "share", "expires_at"))));
  } else if (topic == "share.warned") {
    add(text, labelled("in ", text_in(payload, "left")));
  } else if (topic.starts_with("share.switch")) {
    const auto to = text_in(payload, "backend");
    add(text, "via " + (to.empty() ? text_in(payload, "share", "backend") : to));
    add(text, text_in(payload, "detail"));
  } else if (topic.starts_with("share.mode.")) {
    const auto guest = text_in(payload, "guest_id");
    add(text, guest.empty() ? "all guests" : guest);
    add(text, text_in(payload, "mode"));
    add(text, text_in(payload, "detail"));
  } else if (topic == "share.extended") {
    add(text, labelled("by ", text_in(payload, "by")));
    add(text, labelled("until ", clock_text(text_in(payload, "share", "expires_at"))));
  } else {
    add(text, text_in(payload, "share", "end_reason"));
    const auto own = text_in(payload, "detail");
    add(text, own.empty() ? text_in(payload, "share", "detail") : own);
  }
  return text;
}

std::string approval_detail(const json& payload) {
  std::string text;
  add(text, text_in(payload, "approval", "state"));
  add(text, labelled("for ", text_in(payload, "approval", "requested_by")));
  const auto id = text_in(payload, "approval", "approval_id");
  if (text_in(payload, "approval", "state") == "pending")
    add(text, "termlease approve " + (id.size() > 8 ? id.substr(id.size() - 8) : id));
  add(text, text_in(payload, "approval", "detail"));
  return text;
}

std::string snapshot_detail(const json& payload) {
  std::string text;
  for (const auto& [key, list] : payload.items())
    if (list.is_array()) add(text, std::to_string(list.size()));
  return text;
}

std::string plain_detail(const json& payload) {
  std::string text;
  for (const char* key : {"version", "actor", "why", "path", "problem", "address", "reason"})
    add(text, text_in(payload, key));
  add(text, text_in(payload, "token", "name"));
  add(text,
      labelled("", number_in(payload, "rules") + (payload.contains("rules") ? " rules" : "")));
  add(text, labelled("after ", text_in(payload, "after")));
  return text;
}

} // namespace

std::string words_of(std::string_view topic) {
  const auto found = std::ranges::find(words, topic, [](const auto& each) { return each.first; });
  return found == words.end() ? safe(topic) : std::string(found->second);
}

bool is_snapshot(std::string_view topic) {
  return topic.ends_with(".snapshot");
}

std::string detail_of(std::string_view topic, const json& payload) {
  if (!payload.is_object()) return {};
  if (topic == "bus.gap")
    return number_in(payload, "from") + " to " + number_in(payload, "to") +
           ": termlease audit shows them";
  if (is_snapshot(topic)) return snapshot_detail(payload);
  if (topic.starts_with("share.")) return safe(share_detail(topic, payload));
  if (topic.starts_with("approval.")) return safe(approval_detail(payload));
  return safe(plain_detail(payload));
}

std::string text_in(const json& object, std::string_view first, std::string_view second) {
  if (!object.is_object()) return {};
  const auto found = object.find(first);
  if (found == object.end()) return {};
  if (!second.empty()) return text_in(*found, second);
  return found->is_string() ? found->get<std::string>() : std::string{};
}

} // namespace termlease::cli
