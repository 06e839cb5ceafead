#include "tests/support/catch.hpp"
#include "tools/scenario/simulation/world.hpp"

using namespace termlease;
using namespace termlease::messages;
using scenario::the_operator;
using scenario::world;

namespace {

/// A share through tmate, whose guests nobody but the relay knows.
struct lent {
  explicit lent(const share_terms& terms) {
    machine->policy->replace(scenario::all_is_allowed);
    w.emplace(machine);
    w->open_terminal();
    auto wanted = scenario::share_request();
    wanted.backend = "tmate";
    wanted.terms = terms;
    share = w->open_share(wanted).share_id;
  }

  /// Before anybody could shut the door.
  void come_at_once(int first, int last) {
    for (int guest = first; guest <= last; ++guest)
      w->processes().comes_by_relay(w->worker(), guest);
    w->settle();
  }

  std::vector<std::string> guests() {
    std::vector<std::string> ids;
    for (const auto& each : w->share(share).guests) ids.push_back(each.guest_id);
    return ids;
  }

  std::shared_ptr<scenario::machine> machine = std::make_shared<scenario::machine>();
  std::optional<world> w;
  std::string share;
};

share_terms at_most(std::uint32_t guests) {
  share_terms terms;
  terms.max_guests = guests;
  return terms;
}

share_terms knocking() {
  share_terms terms;
  terms.knock = true;
  return terms;
}

} // namespace

TEST_CASE("of guests of tmate who come at the same moment no more stay than the share takes") {
  lent l(at_most(2));
  l.come_at_once(1, 5);
  CHECK(l.guests() == std::vector<std::string>{"g1", "g2"});
  CHECK(l.w->count<share_guest_joined>() == 5); // they may have seen a picture: it is on the record
  CHECK(l.w->count<share_guest_left>() == 3);
  const auto told = l.w->worker().heard<worker_lines::door>();
  CHECK_FALSE(told.back().open);
  CHECK(told.back().stay == 2);
}

TEST_CASE("nobody is let in while somebody else is at tmate's door as well") {
  lent l(knocking());
  l.machine->processes.lines.orders_lost = true;
  l.come_at_once(1, 2);
  const auto admitted = l.w->ask(the_operator, admit_guest{l.share, "g1"});
  CHECK(admitted.code() == "others_at_door");
  CHECK(l.w->count<share_guest_admitted>() == 0);
}

TEST_CASE("one who knocks at tmate's door twice at once is one guest, and the other is put out") {
  lent l(knocking());
  l.come_at_once(1, 2);
  CHECK(l.guests() == std::vector<std::string>{"g1"});
  CHECK(l.w->count<share_guest_joined>() == 0);
  l.w->ask(the_operator, admit_guest{l.share, "g1"});
  CHECK(l.w->share(l.share).guests.at(0).state == guest_state::in);
  CHECK_FALSE(l.w->worker().heard<worker_lines::door>().back().open);
}

TEST_CASE("a share through tmate without a limit of its own has that of the settings") {
  lent l({});
  CHECK(l.w->share(l.share).terms.max_guests == l.machine->settings.shares.max_guests);
}
