#include "tests/support/catch.hpp"
#include "tests/support/world.hpp"

using namespace termlease;
using namespace termlease::messages;
using tests::the_operator;
using tests::world;

TEST_CASE("an allowed share is opened, and its requester gets the link") {
  world w;
  w.open_terminal();
  const auto share = w.open_share();
  CHECK(share.state == share_state::active);
  CHECK(share.link.text == w.processes().worker.link);
}
