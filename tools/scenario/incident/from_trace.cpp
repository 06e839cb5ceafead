#include "tools/scenario/incident/from_trace.hpp"

#include "messages/failure.hpp"
#include "messages/json.hpp"
#include "messages/record.hpp"
#include "messages/shares.hpp"
#include "tools/scenario/explore/recorded_order.hpp"
#include "tools/scenario/incident/incident.hpp"

#include <map>

namespace termlease::scenario {

using namespace messages;

namespace {

/// Whose turn it was, turn by turn, as far as it is about this share and its terminal. What an edge
/// does is the played machine's own business.
std::vector<std::string> order_in(const trace::log& recording, const record& request) {
  plain_paths paths;
  const auto share = paths.plain("shares/" + request.share_id);
  const auto terminal = paths.plain("terminals/" + request.terminal_id);
  std::vector<std::string> order;
  for (const auto& each : recording.steps) {
    const auto actor = recording.text(each.actor);
    if (each.what.kind != trace::step_kind::turn || actor.empty() || is_edge(actor)) continue;
    auto path = paths.plain(actor);
    const bool is_one_of_many = path.find('#') != std::string::npos;
    const bool is_its = path == terminal || path == share || path.starts_with(share + "/");
    if (!is_one_of_many || is_its) order.push_back(std::move(path));
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

/// The request for the share whose id begins or ends so; for the only one when `part` is empty.
const record& request_in(const std::vector<record>& records, const std::string& part) {
  std::map<std::string, const record*> found;
  for (const auto& each : records)
    if (each.event_type == share_requested::describe().name &&
        (each.share_id.starts_with(part) || each.share_id.ends_with(part)))
      found.emplace(each.share_id, &each);
  if (found.empty())
    throw failed("no_such_share", "no request for such a share is in the recording",
                 "record more of it: `termlease trace record --last 1h`");
  if (found.size() == 1) return *found.begin()->second;
  std::string known;
  for (const auto& [id, request] : found) known += (known.empty() ? "" : ", ") + id;
  throw failed("many_shares", "the recording has " + std::to_string(found.size()) + " shares",
               "choose with --share: " + known);
}

} // namespace

std::string tail_of(const script& played, std::uint64_t trace) {
  return json{{"scenario", to_text(played)}, {"trace", trace}}.dump();
}

script scenario_of(const trace::log& recording, const std::string& share) {
  const auto tail = json::parse(recording.tail, nullptr, false);
  if (tail.is_object() && tail.value("scenario", json()).is_string()) return played_in(tail);
  if (!tail.is_object() || !tail.contains("records"))
    throw failed("no_records", "the recording has no part of the journal, or that part is cut off",
                 "make one with `termlease trace record` while the runtime runs");
  std::vector<record> records;
  decode(tail["records"], records, "records");
  const auto& request = request_in(records, share);
  auto made = incident_of(request.share_id, records);
  made.strategy = "recorded";
  made.order = order_in(recording, request);
  return made;
}

} // namespace termlease::scenario
