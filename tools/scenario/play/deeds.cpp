#include "tools/scenario/play/deeds.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace termlease::scenario {

namespace {

/// What each method that changes something leaves in the journal, one of these at least.
const std::map<std::string, std::set<std::string>>& traces() {
  static const std::map<std::string, std::set<std::string>> all{
      {"terminal.spawn", {"terminal.spawned"}},
      {"terminal.adopt", {"terminal.adopted"}},
      {"terminal.close", {"terminal.closed"}},
      {"share.start", {"share.requested"}},
      {"share.upterm.start", {"share.requested"}},
      {"share.extend", {"share.extended", "approval.requested"}},
      {"share.switch", {"share.switched"}},
      {"share.revoke", {"share.revoked"}},
      {"share.stop", {"share.session.stopped"}},
      {"share.upterm.stop", {"share.session.stopped"}},
      {"guest.kick", {"share.guest.kicked"}},
      {"guest.mode", {"share.mode.changed", "approval.requested"}},
      {"guest.admit", {"share.guest.admitted"}},
      {"guest.deny", {"share.guest.denied"}},
      {"approval.request.resolve", {"approval.voted", "approval.resolved"}},
      {"token.create", {"token.created"}},
      {"token.revoke", {"token.revoked"}},
  };
  return all;
}

} // namespace

std::optional<std::string> deeds::unrecorded(const std::vector<messages::record>& records) const {
  for (const auto& [method, command] : all_) {
    const auto left = traces().find(method);
    if (left == traces().end() || !command.code().empty()) continue; // it only looked, or failed
    const auto is_trace = [&](const messages::record& each) {
      return each.causation_id == command.id() && left->second.contains(each.event_type);
    };
    if (std::none_of(records.begin(), records.end(), is_trace))
      return method + " went well, and no record says that it was asked for (" + command.id() + ")";
  }
  return std::nullopt;
}

} // namespace termlease::scenario
