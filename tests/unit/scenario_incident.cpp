#include "messages/runtime.hpp"
#include "messages/shares.hpp"
#include "messages/supervision.hpp"
#include "tests/support/catch.hpp"
#include "tools/scenario/incident/incident.hpp"
#include "tools/scenario/play/player.hpp"

#include <algorithm>
#include <filesystem>

using namespace termlease;
using namespace termlease::scenario;

namespace {

/// How long a part of the runtime that crashed was away differs from time to time.
bool none_crashed(const std::vector<messages::record>& records) {
  return std::none_of(records.begin(), records.end(), [](const auto& each) {
    return each.event_type == messages::actor_restarted::describe().name;
  });
}

/// What was recorded of a share and, where it can be compared, when since it was asked for.
std::vector<std::string> story_of(const std::string& share_id,
                                  const std::vector<messages::record>& records, bool timed) {
  std::vector<std::string> story;
  messages::instant began;
  for (const auto& each : records) {
    if (each.share_id != share_id) continue;
    if (story.empty()) began = each.timestamp;
    const auto payload = messages::json::parse(each.metadata.text);
    auto line = (timed ? to_text(each.timestamp - began) + " " : "") + each.event_type + " by " +
                to_text(each.actor.kind == messages::identity_kind::operator_
                            ? messages::identity{messages::identity_kind::operator_, "root"}
                            : each.actor);
    if (payload.contains("share")) line += " " + payload["share"].value("end_reason", "");
    story.push_back(line);
  }
  return story;
}

std::vector<std::string> shares_of(const std::vector<messages::record>& records) {
  std::vector<std::string> ids;
  for (const auto& each : records)
    if (each.event_type == messages::share_requested::describe().name) ids.push_back(each.share_id);
  return ids;
}

} // namespace

TEST_CASE("what the journal tells of a share can be played again, with the same end") {
  for (const auto& file :
       std::filesystem::directory_iterator(TERMLEASE_SOURCE_DIR "/tests/scenarios")) {
    if (file.path().extension() != ".json") continue;
    const auto whole = load_script(file.path()).read;
    // Of a clock that was set the record has only the times, which then tell nothing.
    if (std::ranges::any_of(whole.steps, [](const auto& each) {
          return each.words.value("fault", "") == "clock set";
        }))
      continue;
    const auto first = play(whole, own_options(whole));
    INFO(file.path().filename().string() << ": " << first.failure);
    REQUIRE(first.passed);
    for (const auto& id : shares_of(first.records)) {
      const auto told = incident_of(id, first.records);
      INFO(to_text(told));
      const auto again = parse_script(to_text(told), "incident.json");
      for (const auto& each : again.mistakes) FAIL_CHECK(to_text(each));
      const auto second = play(again.read, own_options(again.read));
      INFO(second.failure << " in line " << second.line);
      CHECK(second.passed);
      REQUIRE(!shares_of(second.records).empty());
      const bool timed = none_crashed(first.records);
      CHECK(story_of(shares_of(second.records).front(), second.records, timed) ==
            story_of(id, first.records, timed));
    }
  }
}

TEST_CASE("of a share that the record doesn't hold there is nothing to tell") {
  CHECK_THROWS_AS(incident_of("nobody", {}), messages::failed);
}
