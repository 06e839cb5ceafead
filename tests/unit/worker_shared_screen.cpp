#include "tests/support/catch.hpp"
#include "tests/support/fake_guest.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tools/worker/shared_screen.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace termlease;
using namespace termlease::worker;
using tests::fake_guest;

/// A backend that notes what it is told, and whose relay hears of a door when the test says so.
class noted_backend final : public backend {
public:
  void start() override {}

  pid_t pid() const override { return 0; }

  std::string objection_to(pid_t) const override { return {}; }

  void list_connections(connections_callback) override {}

  bool has_left(const connection&) const override { return true; }

  bool may_come_back(const connection&) const override { return false; }

  bool program_is_guest() const override { return false; }

  void set_door(bool open, std::function<void()> told) override {
    orders.emplace_back(open ? "open" : "shut");
    relay_hears = std::move(told);
  }

  void put_out_but(std::size_t stay, bool all_have_come) override {
    orders.push_back((all_have_come ? "kill but " : "end but ") + std::to_string(stay));
  }

  void stop(std::function<void()>) override {}

  void kill() override {}

  bool running() const override { return false; }

  std::vector<std::string> orders;
  std::function<void()> relay_hears;
};

/// A screen at whose door one guest knocks.
class doorstep {
public:
  doorstep() {
    hall_events events;
    events.arrived = [this](guest_number guest, pid_t pid) { screen->arrived(guest, pid); };
    room.emplace(events_, mirror_options{"tmux", "/bin/false", "/nonexistent", "", "%0", true},
                 hall_options{path, messages::share_mode::ro, 4, "demo", "status"}, events);
    screen.emplace(events_, *room, relay, true,
                   [this](const messages::worker_lines::guest_joined& news) {
                     joined.push_back(news.guest_id);
                   });
    program.emplace(path);
    program->hello();
    REQUIRE(until([&] { return screen->program() != 0; }));
    screen->set_door(false, 1);
  }

  ~doorstep() { screen->close(); }

  bool until(const std::function<bool()>& happened) {
    const auto limit = loop::clock::now() + std::chrono::seconds(10);
    while (!happened()) {
      if (loop::clock::now() > limit) return false;
      if (program) program->keep_up();
      events_.after(std::chrono::milliseconds(1), [this] { events_.stop(); });
      events_.run();
    }
    return true;
  }

  std::ptrdiff_t times(const std::string& order) const {
    return std::count(relay.orders.begin(), relay.orders.end(), order);
  }

  /// Two looks for who came late have passed: longer than anything else waits.
  bool until_swept() {
    const auto before = relay.orders.size();
    return until([&] { return relay.orders.size() >= before + 2; });
  }

private:
  tests::temporary_folder folder_;
  loop events_;
  std::string path = (folder_.path() / "guests").string();

public:
  noted_backend relay;
  std::optional<hall> room;
  std::optional<shared_screen> screen;
  std::optional<fake_guest> program;
  std::vector<std::string> joined;
};

} // namespace

TEST_CASE("a door that is shut again before it was opened stays shut") {
  doorstep at;
  at.screen->set_door(true, 1);
  at.screen->set_door(false, 1);
  REQUIRE(at.until_swept());
  CHECK(at.times("open") == 0);
}

TEST_CASE("a door opens once its own text is on the screen") {
  doorstep at;
  at.screen->set_door(true, 1);
  CHECK(at.times("open") == 0);
  REQUIRE(at.until([&] { return at.times("open") == 1; }));
  CHECK_THAT(at.program->received(), ContainsSubstring(knocks_text));
}

TEST_CASE("nobody is let in before the relay has heard that the door is shut") {
  doorstep at;
  at.screen->let_in("g1");
  REQUIRE(at.until_swept());
  CHECK(at.joined.empty());
  at.relay.relay_hears();
  REQUIRE(at.until([&] { return !at.joined.empty(); }));
  CHECK(at.joined == std::vector<std::string>{"g1"});
  CHECK(at.times("kill but 1") >= 1);
}

TEST_CASE("who is let in as somebody else comes has to be let in again") {
  doorstep at;
  at.relay.relay_hears();
  at.screen->let_in("g1");
  at.screen->set_door(false, 1);
  REQUIRE(at.until_swept());
  CHECK(at.joined.empty());
}

TEST_CASE("who was sent away is told why, ended, and not let in any more") {
  doorstep at;
  at.relay.relay_hears();
  at.screen->put_out("not today");
  at.screen->let_in("g1");
  at.screen->set_door(false, 1); // somebody else comes meanwhile
  REQUIRE(at.until([&] { return at.times("end but 0") >= 2; }));
  REQUIRE(at.until([&] { return at.times("kill but 0") >= 1; }));
  CHECK_THAT(at.program->received(), ContainsSubstring("not today"));
  CHECK(at.joined.empty());
}

TEST_CASE("nobody is let in by an open door") {
  doorstep at;
  at.relay.relay_hears();
  at.screen->set_door(true, 1);
  at.screen->let_in("g1");
  REQUIRE(at.until([&] { return at.times("open") == 1; }));
  at.screen->set_door(false, 1);
  REQUIRE(at.until_swept());
  CHECK(at.joined.empty());
}
