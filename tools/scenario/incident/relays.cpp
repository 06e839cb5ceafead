#include "tools/scenario/incident/relays.hpp"

#include "messages/runtime.hpp"
#include "messages/switching.hpp"
#include "tools/scenario/incident/hindsight.hpp"
#include "tools/scenario/incident/words.hpp"

#include <utility>

namespace termlease::scenario {

using namespace messages;

namespace {

json fault_behind(const share_relay_lost& news, bool relay_died, bool worker_looks) {
  if (relay_died) return {{"fault", "relay exits"}};
  if (worker_looks) return {{"fault", "relay is away"}, {"of", "s"}};
  return {{"fault", "worker reports"}, {"of", "s"}, {"why", plain(news.why)}, {"relay_lost", true}};
}

} // namespace

void told_relays::heard(const record& each) {
  if (is<relay_stopped>(each)) died_ = read<relay_stopped>(each).reason == "it died";
}

std::optional<std::vector<json>> told_relays::before(const record& each) {
  if (is<share_link_changed>(each)) {
    if (!found_by_worker_) return std::vector<json>{};
    const json step{{"fault", "link changes"}, {"of", "s"}};
    return std::vector<json>(1, step);
  }
  if (!is<share_relay_lost>(each)) return {};
  const auto news = read<share_relay_lost>(each);
  was_lost_ = true;
  found_by_worker_ = !died_ && news.share.backend == "tmate";
  return std::vector<json>(1, fault_behind(news, std::exchange(died_, false), found_by_worker_));
}

json told_relays::settings() const {
  const auto* does = was_lost_ ? "announce" : "end";
  return {{"upterm.when_relay_returns", does}, {"tmate.when_relay_returns", does}};
}

} // namespace termlease::scenario
