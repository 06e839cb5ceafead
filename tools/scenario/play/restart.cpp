#include "tools/scenario/play/restart.hpp"

#include "tools/scenario/play/unmet.hpp"

#include <algorithm>

namespace termlease::scenario {

using namespace messages;

namespace {

struct listing {
  const char* method;
  const char* list; ///< the key of its result
  const char* id;
  bool has_past = true; ///< it lists what is over when asked for all
};

constexpr listing listings[] = {{"terminal.list", "terminals", "terminal_id"},
                                {"share.list", "shares", "share_id"},
                                {"approval.list", "approvals", "approval_id"},
                                {"token.list", "tokens", "token_id", false}};

bool is_in(const std::string& state, std::initializer_list<const char*> states) {
  return std::find(states.begin(), states.end(), state) != states.end();
}

/// A share that was open is not any more; so nobody needs to answer what was asked about it.
bool ends_by_restart(const json& before, const json& after) {
  const auto state = before.value("state", "");
  if (before.contains("end_reason"))
    return is_in(state, {"requested", "starting", "active", "expiring"}) &&
           after.value("state", "") == "ended" &&
           after.value("end_reason", "") == "runtime_restarted";
  return before.contains("action") && before["action"] != "share.start" && state == "pending" &&
         after.value("state", "") == "withdrawn";
}

} // namespace

knowledge what_is_known(world& in) {
  knowledge all;
  for (const auto& each : listings) {
    const auto answer =
        in.send(the_operator, each.method, each.has_past ? json{{"all", true}} : json::object());
    if (!answer.code().empty()) throw unmet{std::string(each.method) + " failed: " + answer.code()};
    const auto result = json::parse(answer.response().result.text);
    for (const auto& one : result[each.list])
      all[std::string(each.list) + " " + one.value(each.id, "")] = one;
  }
  return all;
}

std::optional<std::string> changed_by_restart(const knowledge& before, const knowledge& after) {
  for (const auto& [id, was] : before) {
    const auto now = after.find(id);
    if (now == after.end()) return "a restart forgot of " + id + ": " + was.dump();
    if (now->second != was && !ends_by_restart(was, now->second))
      return "a restart changed " + id + ": before " + was.dump() + ", after " + now->second.dump();
  }
  for (const auto& [id, is] : after)
    if (!before.contains(id)) return "a restart made up " + id + ": " + is.dump();
  return std::nullopt;
}

} // namespace termlease::scenario
