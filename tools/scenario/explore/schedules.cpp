#include "tools/scenario/explore/schedules.hpp"

#include "tools/scenario/explore/recorded_order.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <set>

namespace termlease::scenario {

namespace {

class in_order final : public traced_schedule {
  std::size_t choose(const std::vector<candidate>&) override { return 0; }
};

class at_random final : public traced_schedule {
public:
  explicit at_random(std::uint64_t seed) : random_(seed) {}

private:
  std::size_t choose(const std::vector<candidate>& ready) override {
    return static_cast<std::size_t>(random_() % ready.size());
  }

  std::mt19937_64 random_;
};

class by_priority final : public traced_schedule {
public:
  explicit by_priority(std::uint64_t seed) : random_(seed) {
    for (int i = 0; i < changes; ++i) change_at_.insert(random_() % horizon);
  }

private:
  static constexpr int changes = 3;
  static constexpr std::uint64_t horizon = 2000; ///< turns in which priorities may change

  std::uint64_t& priority(caf::actor_id who) {
    const auto [found, is_new] = priorities_.try_emplace(who);
    if (is_new) found->second = random_() | (1ULL << 63U); // above everyone who was put back
    return found->second;
  }

  std::size_t choose(const std::vector<candidate>& ready) override {
    std::size_t best = 0;
    for (std::size_t i = 1; i < ready.size(); ++i)
      if (priority(ready[i].id) > priority(ready[best].id)) best = i;
    if (change_at_.contains(turn_++)) priority(ready[best].id) = --lowest_;
    return best;
  }

  std::mt19937_64 random_;
  std::set<std::uint64_t> change_at_;
  std::map<caf::actor_id, std::uint64_t> priorities_;
  std::uint64_t turn_ = 0;
  std::uint64_t lowest_ = 1000;
};

} // namespace

std::size_t traced_schedule::next(const std::vector<candidate>& ready) {
  constexpr std::uint64_t prime = 1099511628211ULL;
  const auto which = choose(ready);
  if (turns_++ == 0) first_ = ready[which].id;
  trace_ = (trace_ ^ (ready[which].id - first_)) * prime;
  return which;
}

std::shared_ptr<traced_schedule> make_schedule(const std::string& strategy, std::uint64_t seed,
                                               const std::vector<std::string>& order) {
  if (strategy == "recorded") return in_recorded_order(order);
  if (strategy == "random") return std::make_shared<at_random>(seed);
  if (strategy == "pct") return std::make_shared<by_priority>(seed);
  return std::make_shared<in_order>();
}

} // namespace termlease::scenario
