#include "tools/scenario/play/properties.hpp"

#include "tools/scenario/play/names.hpp"
#include "tools/scenario/play/unmet.hpp"

#include <algorithm>

namespace termlease::scenario {

using namespace messages;

namespace {

using event_list = std::vector<const record*>;

event_list events_that(const std::vector<record>& records, const std::string& topic,
                       const json& with) {
  event_list meant;
  for (const auto& each : records)
    if (each.event_type == topic && contains(json::parse(each.metadata.text), with))
      meant.push_back(&each);
  return meant;
}

void check_always(const event_list& meant, const json& has) {
  for (const auto* each : meant)
    if (const auto payload = json::parse(each->metadata.text); !contains(payload, has))
      throw unmet{"an event '" + each->event_type + "' does not contain " + sketch(has) + ": " +
                  sketch(payload)};
}

void check_eventually(const event_list& meant, const json& words,
                      const std::vector<record>& records, instant began) {
  const auto within = parse_span(words["within"].get<std::string>());
  const auto in_time = [&](instant since, const std::string& share) {
    return std::any_of(meant.begin(), meant.end(), [&](const record* each) {
      return each->timestamp >= since && each->timestamp <= since + within &&
             (share.empty() || each->share_id == share);
    });
  };
  if (!words.contains("after")) {
    if (!in_time(began, {})) throw unmet{"it did not happen within " + to_text(within)};
    return;
  }
  for (const auto& each : records)
    if (each.event_type == words["after"] && !in_time(each.timestamp, each.share_id))
      throw unmet{"after '" + each.event_type + "' at " + to_text(each.timestamp - began) +
                  " it did not happen within " + to_text(within)};
}

} // namespace

bool check_property(const std::string& what, const json& words, const std::vector<record>& records,
                    instant began) {
  const std::string topic = words[what];
  const auto meant = events_that(records, topic, words.value("with", json::object()));
  if (what == "never" && !meant.empty())
    throw unmet{"an event '" + topic +
                "' was published: " + sketch(json::parse(meant.front()->metadata.text))};
  if (what == "always") check_always(meant, words["has"]);
  if (what == "eventually") check_eventually(meant, words, records, began);
  return what == "sometimes" && !meant.empty();
}

std::vector<std::string> last_events(const std::vector<record>& records, instant began) {
  constexpr std::size_t most = 12;
  std::vector<std::string> lines;
  for (auto i = records.size() > most ? records.size() - most : 0; i < records.size(); ++i)
    lines.push_back(to_text(records[i].timestamp - began) + "  " + records[i].event_type + "  " +
                    sketch(json::parse(records[i].metadata.text)));
  return lines;
}

} // namespace termlease::scenario
