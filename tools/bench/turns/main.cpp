// Why: what recording costs a message is too little to be seen from outside of the process. Two
// actors send each other messages, with a recorder under them and without one, in turns; and a ring
// is filled as full as it gets, for whoever measures how long it takes to read.
//
//   termlease-turns cost ROUNDS MESSAGES   nanoseconds of a message, without and with, a round a
//   line termlease-turns fill FILE SHARES       a full ring with so many shares in it

#include "actors/core/traced_actor.hpp"
#include "bus/trace/recorder.hpp"
#include "bus/trace/system.hpp"

#include <caf/all.hpp>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace termlease;
using go_atom = caf::atom_constant<caf::atom("go")>;
using done_atom = caf::atom_constant<caf::atom("done")>;

constexpr int window = 1000; ///< messages that are under way at once

/// Sends `left` messages to whoever asks it to, in windows; tells `owner` when all have come.
caf::behavior sender(caf::event_based_actor* self, caf::actor to, caf::actor owner, int left) {
  return {[=](go_atom) mutable {
    if (left <= 0) return self->send(owner, done_atom::value);
    const int now = left < window ? left : window;
    left -= now;
    for (int i = 0; i < now; ++i) self->send(to, i == now - 1 ? 1 : 0);
  }};
}

caf::behavior receiver(caf::event_based_actor* self) {
  return {[self](int last) {
    if (last == 1) self->send(caf::actor_cast<caf::actor>(self->current_sender()), go_atom::value);
  }};
}

/// Nanoseconds that a message took.
double cost_of(int messages, const std::shared_ptr<trace::recorder>& recorder) {
  trace::system_config config;
  config.set("scheduler.policy", caf::atom("sharing"));
  config.set("scheduler.max-threads", std::size_t{1});
  config.recorder = recorder;
  caf::actor_system system(config);
  caf::scoped_actor owner(system);
  const auto to = actors::spawn_traceable(system, receiver);
  const auto from = actors::spawn_traceable(system, sender, to, caf::actor(owner), messages);
  const auto begin = std::chrono::steady_clock::now();
  owner->send(from, go_atom::value);
  owner->receive([](done_atom) {});
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
  for (const auto& each : {to, from}) caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
  return took.count() / messages;
}

int show_cost(int rounds, int messages) {
  trace::recorder_options places;
  places.is_real_time = true;
  const auto recorder = std::make_shared<trace::recorder>(places);
  cost_of(messages, recorder); // pages and caches are as they will be
  for (int i = 0; i < rounds; ++i) {
    const auto without = cost_of(messages, nullptr);
    std::printf("%.2f %.2f\n", without, cost_of(messages, recorder));
  }
  return 0;
}

/// Shares that each take sixty turns of seven actors, one after another, until the ring is full.
int fill(const char* file, int shares) {
  trace::recorder_options places;
  places.file = file;
  trace::recorder ring(places);
  const auto turns = ring.head().steps;
  std::vector<trace::name_id> actors;
  for (const auto* each : {"router", "shares", "policy gate", "journal", "edges/storage", "relays"})
    actors.push_back(ring.name(each));
  const auto message = ring.name("share.start");
  const auto each_share = turns / static_cast<std::uint64_t>(shares);
  std::int64_t now = 1;
  for (int share = 0; share < shares; ++share) {
    const auto session = ring.name("shares/share-" + std::to_string(share));
    trace::mark cause{0, ring.name("correlation-" + std::to_string(share))};
    for (std::uint64_t turn = 0; turn < each_share; ++turn) {
      trace::beginning next;
      if (turn % 60 != 0) next.cause = cause;
      next.cause.correlation = cause.correlation;
      next.actor = turn % 60 == 30 && turn < 60 ? session : actors[turn % actors.size()];
      next.message = {message, false};
      next.arrived = ++now;
      next.began = ++now;
      const auto id = ring.begin(next);
      ring.finish(id, trace::step_outcome::done, ++now);
      cause.turn = id;
    }
  }
  std::printf("%llu\n", static_cast<unsigned long long>(ring.head().next.load() - 1));
  return 0;
}

int number(const char* text) {
  int value = 0;
  std::from_chars(text, text + std::strlen(text), value);
  return value;
}

} // namespace

int main(int count, char** words) {
  if (count == 4 && std::strcmp(words[1], "cost") == 0)
    return show_cost(number(words[2]), number(words[3]));
  if (count == 4 && std::strcmp(words[1], "fill") == 0) return fill(words[2], number(words[3]));
  std::fputs("usage: termlease-turns cost ROUNDS MESSAGES | fill FILE SHARES\n", stderr);
  return 2;
}
