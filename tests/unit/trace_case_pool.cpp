#include "bus/trace/case_pool.hpp"
#include "tests/support/catch.hpp"

#include <atomic>
#include <set>
#include <thread>
#include <vector>

using namespace termlease;

TEST_CASE("what one thread lets go another takes, and each piece has one owner") {
  // Each writes its mark into what it takes and finds it there again: nobody else had it meanwhile.
  std::vector<void*> passed;
  std::set<void*> seen;
  for (int round = 0; round < 3; ++round) {
    bool intact = true;
    std::thread taking([&] {
      for (std::size_t i = 0; i < 2 * trace::most_kept_cases; ++i) {
        passed.push_back(trace::take_case());
        *static_cast<std::size_t*>(passed.back()) = i;
      }
    });
    taking.join();
    std::thread leaving([&] {
      for (std::size_t i = 0; i < passed.size(); ++i) {
        intact = intact && *static_cast<std::size_t*>(passed[i]) == i;
        trace::leave_case(passed[i]);
      }
    });
    leaving.join();
    CHECK(intact);
    std::size_t again = 0;
    for (auto* each : passed) again += seen.contains(each) ? 1 : 0;
    if (round > 0 && trace::keeps_cases) CHECK(again >= trace::most_kept_cases);
    seen = {passed.begin(), passed.end()};
    passed.clear();
  }
}

TEST_CASE("threads that take and leave at the same time don't meet") {
  std::vector<std::thread> all;
  std::atomic<bool> ours{true};
  for (std::size_t mark = 0; mark < 4; ++mark)
    all.emplace_back([mark, &ours] {
      std::vector<std::size_t*> held;
      for (std::size_t round = 0; round < 20'000; ++round) {
        held.push_back(static_cast<std::size_t*>(trace::take_case()));
        *held.back() = mark;
        if (held.size() < 1 + round % 200) continue;
        for (auto* each : held) {
          if (*each != mark) ours = false;
          trace::leave_case(each);
        }
        held.clear();
      }
      for (auto* each : held) trace::leave_case(each);
    });
  for (auto& each : all) each.join();
  CHECK(ours);
}
