#include "tools/scenario/play/guests.hpp"

#include "tools/scenario/play/unmet.hpp"

#include <algorithm>

namespace termlease::scenario {

using namespace messages;

namespace {

constexpr int times_in_a_flood = 100;
constexpr std::int32_t first_pid = 9000;

} // namespace

bool guest_steps::knows(const std::string& what) {
  return what == "guest" || what == "shown" || what == "farewell" || what == "inside";
}

void guest_steps::take(world& in, const std::string& what, const json& words) {
  if (what == "guest") comes_and_goes(in, words);
  if (what == "shown") shown(words);
  if (what == "farewell") farewell(words);
  if (what == "inside") inside(in, words);
}

void guest_steps::comes_and_goes(world& in, const json& words) {
  auto& worker = in.worker_of(kept_.share_of(words));
  const auto name = words.value("name", "");
  if (words["guest"] == "joins" || words["guest"] == "knocks") {
    comes(in, worker, name, words["guest"] == "knocks");
  } else if (words["guest"] == "floods") {
    floods(in, worker, words.value("times", times_in_a_flood));
  } else {
    const auto youngest = "g" + std::to_string(joined_[&worker]);
    goes(in, worker, name.empty() ? youngest : name);
  }
  in.settle();
}

void guest_steps::comes(world& in, simulated_child& worker, std::string name, bool knocks) {
  const auto number = ++joined_[&worker];
  const auto text = std::to_string(number);
  if (!worker.door.empty()) return in.processes().comes_by_relay(worker, number);
  if (name.empty()) name = "g" + text;
  const worker_lines::guest_knocks guest{name, "SHA256:guest" + text, "127.0.0.1:4100" + text,
                                         first_pid + number};
  worker.guests[name] = guest;
  if (knocks) return in.processes().say_line(worker, guest);
  in.processes().say_line(
      worker, worker_lines::guest_joined{name, guest.key_fingerprint, guest.address, guest.pid});
}

void guest_steps::goes(world& in, simulated_child& worker, const std::string& name) {
  if (!worker.door.empty())
    return in.processes().leaves_relay(worker, std::atoi(name.substr(1).c_str()));
  worker.guests.erase(name);
  in.processes().say_line(worker, worker_lines::guest_left{name, {}});
}

void guest_steps::floods(world& in, simulated_child& worker, int times) {
  for (int i = 0; i < times; ++i) {
    comes(in, worker, {}, false);
    goes(in, worker, "g" + std::to_string(joined_[&worker]));
  }
}

simulated_child& guest_steps::any_worker_of(const std::string& share) {
  auto& all = machine_.processes.children;
  const auto found = std::find_if(all.rbegin(), all.rend(), [&](const simulated_child& each) {
    const auto id = each.share_id();
    return !id.empty() && (share.empty() || id == share);
  });
  if (found == all.rend()) throw unmet{"no worker was ever started for it"};
  return *found;
}

void guest_steps::shown(const json& words) {
  const auto said = any_worker_of(kept_.share_of(words)).heard<worker_lines::status>();
  const auto last = said.empty() ? worker_lines::status{} : said.back();
  if (!contains(last.text, words["shown"])) throw unmet{"the guests see '" + last.text + "'"};
  if (words.contains("alert") && words["alert"] != last.alert)
    throw unmet{last.alert ? "it stands out" : "it does not stand out"};
}

void guest_steps::farewell(const json& words) {
  const auto said = any_worker_of(kept_.share_of(words)).heard<worker_lines::end>();
  if (said.empty()) throw unmet{"the guests were told nothing at the end"};
  if (!contains(said.back().text, words["farewell"]))
    throw unmet{"the guests were told '" + said.back().text + "'"};
}

void guest_steps::inside(world& in, const json& words) {
  auto id = kept_.share_of(words);
  if (id.empty()) id = any_worker_of(id).share_id();
  const auto guests = in.share(id).guests;
  const auto there = std::count_if(guests.begin(), guests.end(), [](const guest_view& each) {
    return each.state == guest_state::in;
  });
  if (there != words["inside"]) throw unmet{std::to_string(there) + " guests are in"};
}

} // namespace termlease::scenario
