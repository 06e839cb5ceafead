#include "tests/support/catch.hpp"
#include "tools/scenario/simulation/world.hpp"

#include <algorithm>

using namespace termlease;
using namespace termlease::messages;
using scenario::share_request;
using scenario::the_operator;
using scenario::world;

namespace {

constexpr std::uint32_t terminals = 100;
constexpr std::uint32_t shares_each = 100;
constexpr std::size_t all = std::size_t{terminals} * shares_each;

std::string name_of(std::uint32_t terminal) {
  return "t" + std::to_string(terminal);
}

std::size_t running_workers(world& w) {
  return static_cast<std::size_t>(
      std::ranges::count_if(w.processes().children, [](const auto& each) {
        return each.running && each.program() == "termlease-worker";
      }));
}

} // namespace

TEST_CASE("ten thousand shares are open at once, and end in their time", "[NFR-026-004]") {
  const auto machine = std::make_shared<scenario::machine>();
  machine->policy->replace(scenario::all_is_allowed);
  machine->settings.shares.total_limit = all;
  machine->settings.shares.per_terminal_limit = shares_each;
  machine->settings.shares.heartbeat_timeout = minutes(10); // or heartbeats are all that is tested
  world w(machine);
  for (std::uint32_t each = 0; each < terminals; ++each) w.open_terminal(name_of(each));
  // A terminal's at a time: the journal takes no more than `pending_limit` records at once.
  for (std::uint32_t each = 0; each < terminals; ++each) {
    for (std::uint32_t turn = 0; turn < shares_each; ++turn)
      w.post(the_operator, std::string(start_share::describe().name),
             encode(share_request(name_of(each))));
    w.settle();
  }
  CHECK(w.count<share_started>() == all);
  CHECK(running_workers(w) == all);
  CHECK(w.ask_for_share(the_operator, share_request(name_of(0))).code() == "limit_reached");
  w.advance({minutes(30).ms - 1});
  CHECK(running_workers(w) == all);
  w.advance({1});
  w.advance(seconds(1));
  CHECK(w.count<share_stopped>() == all);
  CHECK(running_workers(w) == 0);
  CHECK(w.stop());
}
