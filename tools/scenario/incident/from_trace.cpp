#include "tools/scenario/incident/from_trace.hpp"

#include "messages/failure.hpp"
#include "messages/json.hpp"
#include "messages/record.hpp"
#include "messages/shares.hpp"
#include "tools/scenario/explore/recorded_order.hpp"
#include "tools/scenario/incident/incident.hpp"

#include <set>

namespace termlease::scenario {

using namespace messages;

namespace {

/// Whose turn it was, turn by turn; what an edge does is the played machine's own business.
std::vector<std::string> order_in(const trace::log& recording) {
  plain_paths paths;
  std::vector<std::string> order;
  for (const auto& each : recording.steps) {
    const auto actor = recording.text(each.actor);
    if (each.what.kind != trace::step_kind::turn || actor.empty()) continue;
    order.push_back(paths.plain(actor));
  }
  return order;
}

script played_in(const json& tail) {
  auto loaded = parse_script(tail["scenario"].get<std::string>(), "the recording");
  if (!loaded.mistakes.empty())
    throw failed("bad_scenario", "the recording's scenario is of another version",
                 "play the scenario's file itself");
  return loaded.read;
}

std::string only_share(const std::vector<record>& records) {
  std::set<std::string> found;
  for (const auto& each : records)
    if (each.event_type == share_requested::describe().name) found.insert(each.share_id);
  if (found.empty())
    throw failed("no_such_share", "nothing in the recording begins with a request for a share",
                 "record more of it: `termlease trace record --last 1h`");
  if (found.size() == 1) return *found.begin();
  std::string known;
  for (const auto& each : found) known += (known.empty() ? "" : ", ") + each;
  throw failed("many_shares", "the recording has " + std::to_string(found.size()) + " shares",
               "choose with --share: " + known);
}

std::string whole_id(const std::vector<record>& records, const std::string& part) {
  for (const auto& each : records)
    if (each.share_id.starts_with(part) || each.share_id.ends_with(part)) return each.share_id;
  return part; // whoever needs it says that there is none
}

} // namespace

std::string tail_of(const script& played, std::uint64_t trace) {
  return json{{"scenario", to_text(played)}, {"trace", trace}}.dump();
}

script scenario_of(const trace::log& recording, const std::string& share) {
  const auto tail = json::parse(recording.tail, nullptr, false);
  if (tail.is_object() && tail.contains("scenario")) return played_in(tail);
  if (!tail.is_object() || !tail.contains("records"))
    throw failed("no_records", "the recording has no part of the journal, or that part is cut off",
                 "make one with `termlease trace record` while the runtime runs");
  std::vector<record> records;
  decode(tail["records"], records, "records");
  auto made = incident_of(share.empty() ? only_share(records) : whole_id(records, share), records);
  made.strategy = "recorded";
  made.order = order_in(recording);
  return made;
}

} // namespace termlease::scenario
