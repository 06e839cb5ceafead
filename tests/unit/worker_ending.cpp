#include "tests/support/catch.hpp"
#include "tools/worker/ending.hpp"

using namespace termlease::worker;
using enum end_step;

namespace {

constexpr end_view everything{5, 5, true, true};

} // namespace

TEST_CASE("an end goes through the guests, their connections, the backend, then the rest") {
  end_view seen = everything;
  CHECK(next_step(guests_leaving, seen, false) == guests_leaving);
  seen.guests = 0;
  CHECK(next_step(guests_leaving, seen, false) == connections_closing);
  CHECK(next_step(connections_closing, seen, false) == connections_closing);
  seen.connections = 0;
  CHECK(next_step(connections_closing, seen, false) == backend_stopping);
  CHECK(next_step(backend_stopping, seen, false) == backend_stopping);
  seen.backend_running = false;
  CHECK(next_step(backend_stopping, seen, false) == children_leaving);
  CHECK(next_step(children_leaving, seen, false) == children_leaving);
  CHECK(next_step(children_leaving, seen, true) == sweeping);
  CHECK(next_step(sweeping, seen, false) == sweeping);
  seen.descendants = false;
  CHECK(next_step(children_leaving, seen, false) == over);
  CHECK(next_step(sweeping, seen, false) == over);
  CHECK(next_step(over, seen, true) == over);
}

TEST_CASE("the backend is never stopped while a guest program may still be told", "[FR-026-007]") {
  for (std::size_t guests : {1U, 2U, 16U}) {
    const end_view seen{guests, 0, true, true};
    CHECK(next_step(guests_leaving, seen, false) == guests_leaving);
    CHECK(next_step(guests_leaving, seen, true) == guests_killed);
    CHECK(next_step(guests_killed, seen, false) == guests_killed);
    CHECK(next_step(guests_killed, {guests, 1, true, true}, false) == guests_killed);
  }
}

TEST_CASE("an end is over by its deadline, however late each step is", "[FR-026-007]") {
  using std::chrono::milliseconds;
  for (const milliseconds whole : {milliseconds(100), milliseconds(3000), milliseconds(60000)}) {
    // The guests leave in the last moment, their connections never, and nothing else reacts.
    const end_view no_guests{0, 5, true, true};
    for (const auto& first : {everything, no_guests}) {
      end_step step = guests_leaving;
      milliseconds taken{0};
      for (int i = 0; i < 10 && step != over; ++i) {
        taken += limit_of(step, {whole, whole - taken});
        step = next_step(step, i == 0 ? first : everything, true);
      }
      CHECK(step == over);
      CHECK(taken + limit_of(over, {whole, whole - taken}) <= whole);
    }
  }
}

TEST_CASE("what guests and backend spare is time for what else is left") {
  const std::chrono::seconds whole(3);
  CHECK(limit_of(children_leaving, {whole, whole}) > std::chrono::seconds(2));
  CHECK(limit_of(children_leaving, {whole, whole / 3}) < std::chrono::seconds(1));
  CHECK(limit_of(children_leaving, {whole, -whole}).count() == 0);
}

TEST_CASE("a program that keeps its connection open is killed before the backend is stopped") {
  const end_view cut_off{0, 1, true, true};
  CHECK(next_step(connections_closing, cut_off, true) == guests_killed);
  CHECK(next_step(guests_killed, cut_off, false) == guests_killed);
  CHECK(next_step(guests_killed, {0, 0, true, true}, false) == backend_stopping);
}

TEST_CASE("a backend that is gone already is not waited for") {
  CHECK(next_step(connections_closing, {0, 3, false, true}, false) == backend_stopping);
  CHECK(next_step(backend_stopping, {0, 3, false, true}, false) == children_leaving);
}
