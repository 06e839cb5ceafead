#include "tests/support/catch.hpp"
#include "tests/support/fake_guest.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tools/worker/guests/hall.hpp"

#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using namespace termlease;
using namespace termlease::worker;
using tests::fake_guest;
namespace wire = termlease::guest_wire;

class house {
public:
  explicit house(std::uint32_t most = 4) {
    hall_events events;
    events.arrived = [this](guest_number guest, pid_t pid) {
      CHECK(pid == getpid());
      arrived.push_back(guest);
    };
    events.left = [this](guest_number guest, const std::string&) { left.push_back(guest); };
    hall_options options{path, messages::share_mode::ro, most, "demo", "status"};
    room.emplace(events_, mirror_options{"tmux", "/bin/false", "/nonexistent", "", "%0", true},
                 options, events);
  }

  /// Runs the loop until `happened`; false at a generous limit.
  bool until(std::function<bool()> happened) {
    const auto limit = loop::clock::now() + std::chrono::seconds(10);
    while (!happened()) {
      if (loop::clock::now() > limit) return false;
      events_.after(std::chrono::milliseconds(1), [this] { events_.stop(); });
      events_.run();
    }
    return true;
  }

private:
  tests::temporary_folder folder_;
  loop events_;

public:
  std::string path = (folder_.path() / "guests").string();
  std::vector<guest_number> arrived, left;
  std::optional<hall> room;
};

} // namespace

TEST_CASE("a guest arrives with its hello, waits, and is let go with a reason") {
  house here;
  fake_guest anna(here.path);
  anna.hello();
  REQUIRE(here.until([&] { return here.arrived.size() == 1; }));
  CHECK(here.room->size() == 1);
  REQUIRE(here.until([&] { return anna.received().find("checking") != std::string::npos; }));
  here.room->refuse(here.arrived[0], "not you");
  REQUIRE(here.until([&] { return anna.received().find("not you") != std::string::npos; }));
  REQUIRE(
      here.until([&] { return here.left == here.arrived; })); // cut off: it doesn't leave by itself
  CHECK(here.room->size() == 0);
}

TEST_CASE("the guests' socket is the owner's alone and goes with the hall") {
  house here;

  struct stat about {};

  REQUIRE(stat(here.path.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0600);
  here.room->end_all("over");
  CHECK(stat(here.path.c_str(), &about) != 0);
}

TEST_CASE("whoever breaks the rules of the socket is cut off") {
  house here;
  const auto bad = [&](const std::function<void(fake_guest&)>& misbehave) {
    fake_guest guest(here.path);
    misbehave(guest);
    return here.until([&] { return guest.hung_up(); });
  };
  CHECK(bad([](fake_guest& guest) { guest.raw(std::string(64, '\xff')); }));
  CHECK(bad([](fake_guest& guest) { guest.send(wire::frame::input, "before hello"); }));
  CHECK(bad([](fake_guest& guest) { guest.send(wire::frame::hello, "\1"); }));
  CHECK(bad([](fake_guest& guest) {
    guest.send(wire::frame::hello, std::string_view("\2\30\0\120\0", 5));
  }));
  CHECK(here.arrived.empty());
  CHECK(bad([](fake_guest& guest) {
    guest.hello();
    guest.hello();
  }));
  CHECK(bad([](fake_guest& guest) {
    guest.hello();
    guest.send(static_cast<wire::frame>(99), "");
  }));
  CHECK(here.until([&] { return here.left.size() == here.arrived.size(); }));
}

TEST_CASE("one guest too many is told so") {
  house here(1);
  fake_guest anna(here.path), ben(here.path);
  anna.hello();
  REQUIRE(here.until([&] { return here.arrived.size() == 1; }));
  CHECK(here.until(
      [&] { return ben.received().find("as many guests as it takes") != std::string::npos; }));
  CHECK(here.arrived.size() == 1);
}

TEST_CASE("a guest that never reads costs one picture") {
  house here;
  fake_guest anna(here.path);
  anna.hello();
  REQUIRE(here.until([&] { return here.arrived.size() == 1; }));
  here.room->admit(here.arrived[0]);
  for (int each = 0; each < 2000; ++each)
    here.room->set_status("status " + std::to_string(each), false);
  REQUIRE(here.until([&] { return anna.received().find("checking") != std::string::npos; }));
  CHECK(anna.received().size() < 1000); // nothing follows until the first is drawn
  anna.send(wire::frame::drawn, "");
  CHECK(here.until([&] { return anna.received().find("status 1999") != std::string::npos; }));
  CHECK(anna.received().size() < 2000);
}

TEST_CASE("a guest who was in is held at the door again, and it is known when it sees that") {
  house here;
  fake_guest anna(here.path);
  anna.hello();
  REQUIRE(here.until([&] { return here.arrived.size() == 1; }));
  const auto guest = here.arrived[0];
  REQUIRE(here.room->admit(guest));
  REQUIRE(here.until([&] { return anna.received().find("checking") != std::string::npos; }));
  here.room->hold(guest, "wait here");
  CHECK_FALSE(here.room->has_drawn(guest)); // the picture before it is still on its way
  here.room->set_status("for those who are in", false);
  REQUIRE(here.until([&] {
    anna.keep_up();
    return here.room->has_drawn(guest);
  }));
  CHECK_THAT(anna.received(), ContainsSubstring("wait here"));
  CHECK_THAT(anna.received(), !ContainsSubstring("for those who are in"));
  CHECK(here.room->passages().empty());
  REQUIRE(here.room->admit(guest));
  CHECK(here.until([&] {
    anna.keep_up();
    return anna.received().find("for those who are in") != std::string::npos;
  }));
}

TEST_CASE("the end reaches every guest behind an undrawn picture, and nobody comes in after it") {
  house here;
  fake_guest anna(here.path), ben(here.path);
  anna.hello();
  ben.hello();
  REQUIRE(here.until([&] { return here.arrived.size() == 2; }));
  here.room->end_all("the share expired");
  for (auto* each : {&anna, &ben})
    CHECK(here.until(
        [&] { return each->received().find("the share expired") != std::string::npos; }));
  CHECK(here.until([&] { return here.room->size() == 0; }));
  CHECK(here.left.size() == 2);
}
