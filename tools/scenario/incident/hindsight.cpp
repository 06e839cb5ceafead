#include "tools/scenario/incident/hindsight.hpp"

#include "messages/approvals.hpp"
#include "messages/switching.hpp"

namespace termlease::scenario {

using namespace messages;

std::string hindsight::answer_to(const record& request, const share_view& share) const {
  if (!share.approval_id.empty()) return "waits";
  for (const auto& each : records_) {
    if (each.share_id != id_ || each.timestamp != request.timestamp) continue;
    if (is<share_denied>(each)) return "denied";
    if (is<share_started>(each)) return "ok";
  }
  return "waits";
}

way_to_the_link hindsight::opening() const {
  way_to_the_link how;
  instant allowed;
  bool approved = false;
  bool started = false;
  bool came_to_nothing = false;
  for (const auto& each : records_) {
    if (each.share_id != id_) continue;
    if (is<share_allowed>(each)) allowed = each.timestamp;
    if (is<approval_resolved>(each)) {
      const auto asked = read<approval_resolved>(each).approval;
      approved |= asked.action == "share.start" && asked.state == approval_state::approved;
    }
    came_to_nothing |= is<share_denied>(each) && each.result == "error";
    if (!is<share_started>(each)) continue;
    started = true;
    how.took = each.timestamp - allowed;
  }
  how.unwritable_decision = allowed && came_to_nothing;
  how.unwritable_approval = !allowed && approved && came_to_nothing;
  how.never = allowed && !came_to_nothing && !started;
  return how;
}

std::string hindsight::asked_by(const record& from) const {
  for (const auto& each : records_) {
    if (each.share_id != id_ || each.sequence < from.sequence) continue;
    if (is<share_extended>(each)) return to_text(read<share_extended>(each).by);
    if (is<share_extension_denied>(each)) return to_text(read<share_extension_denied>(each).by);
  }
  return "1m";
}

span hindsight::end_took() const {
  for (const auto& each : records_) {
    if (each.share_id != id_ || !is<share_stopped>(each)) continue;
    const auto view = read<share_stopped>(each).share;
    if (view.end_reason == end_reason::expired) return each.timestamp - view.expires_at;
  }
  return {};
}

span hindsight::stopped_after(const record& at) const {
  span took;
  for (const auto& each : records_)
    if (each.share_id == id_ && is<share_stopped>(each)) took = each.timestamp - at.timestamp;
  return took;
}

struct switch_outcome hindsight::switch_outcome(const record& allowed) const {
  for (const auto& each : records_) {
    if (each.share_id != id_ || each.sequence <= allowed.sequence) continue;
    const bool switched = is<share_switched>(each);
    if (switched || is<share_switch_failed>(each))
      return {switched, !switched, each.timestamp - allowed.timestamp};
    if (is<share_switch_allowed>(each) || is<share_stopped>(each)) break;
  }
  return {};
}

bool hindsight::failed_at_once(const record& failure) const {
  instant allowed;
  for (const auto& each : records_)
    if (each.share_id == id_ && each.sequence < failure.sequence && is<share_switch_allowed>(each))
      allowed = each.timestamp;
  return allowed == failure.timestamp;
}

} // namespace termlease::scenario
