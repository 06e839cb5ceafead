#include "tools/scenario/play/properties.hpp"

#include "tools/scenario/play/names.hpp"
#include "tools/scenario/play/unmet.hpp"

#include <algorithm>

namespace termlease::scenario {

using namespace messages;

namespace {

/// The records of a run, and when each was published.
struct history {
  const std::vector<record>& records;
  const std::vector<span>& published;

  std::vector<std::size_t> places_of(const std::string& topic, const json& with) const {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < records.size(); ++i)
      if (records[i].event_type == topic && contains(json::parse(records[i].metadata.text), with))
        places.push_back(i);
    return places;
  }
};

void check_always(const history& all, const std::vector<std::size_t>& meant, const json& has) {
  for (const auto i : meant)
    if (const auto payload = json::parse(all.records[i].metadata.text); !contains(payload, has))
      throw unmet{"an event '" + all.records[i].event_type + "' does not contain " + sketch(has) +
                  ": " + sketch(payload)};
}

void check_eventually(const history& all, const std::vector<std::size_t>& meant,
                      const json& words) {
  const auto within = parse_span(words["within"].get<std::string>());
  const auto in_time = [&](span since, const std::string& share) {
    return std::any_of(meant.begin(), meant.end(), [&](std::size_t i) {
      return all.published[i] >= since && all.published[i] <= span{since.ms + within.ms} &&
             (share.empty() || all.records[i].share_id == share);
    });
  };
  if (!words.contains("after")) {
    if (!in_time({}, {})) throw unmet{"it did not happen within " + to_text(within)};
    return;
  }
  for (const auto i : all.places_of(words["after"], json::object()))
    if (!in_time(all.published[i], all.records[i].share_id))
      throw unmet{"after '" + all.records[i].event_type + "' at " + to_text(all.published[i]) +
                  " it did not happen within " + to_text(within)};
}

} // namespace

bool check_property(const std::string& what, const json& words, const std::vector<record>& records,
                    const std::vector<span>& published) {
  const history all{records, published};
  const std::string topic = words[what];
  const auto meant = all.places_of(topic, words.value("with", json::object()));
  if (what == "never" && !meant.empty())
    throw unmet{"an event '" + topic +
                "' was published: " + sketch(json::parse(records[meant.front()].metadata.text))};
  if (what == "always") check_always(all, meant, words["has"]);
  if (what == "eventually") check_eventually(all, meant, words);
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
