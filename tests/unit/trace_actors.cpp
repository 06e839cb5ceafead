#include "actors/core/facade.hpp"
#include "actors/core/traced_actor.hpp"
#include "bus/trace/reader.hpp"
#include "messages/connections.hpp"
#include "messages/edges.hpp"
#include "messages/runtime.hpp"
#include "messages/worker_lines.hpp"
#include "tests/support/catch.hpp"
#include "tools/scenario/simulation/virtual_time.hpp"
#include "tools/trace/words.hpp"

#include <stdexcept>

using namespace termlease;
using namespace termlease::messages;
using namespace termlease::actors;

namespace {

using ask_atom = caf::atom_constant<caf::atom("ask")>;
using tick_atom = caf::atom_constant<caf::atom("tick")>;
using fail_atom = caf::atom_constant<caf::atom("fail")>;

/// Actors in virtual time whose turns are recorded.
struct stage {
  stage() : recorder(std::make_shared<trace::recorder>(small())), time(clock, recorder) {}

  ~stage() {
    for (const auto& each : actors) caf::anon_send_exit(each, caf::exit_reason::kill);
    time.settle();
  }

  static trace::recorder_options small() {
    trace::recorder_options places;
    places.steps = 4096;
    places.sample = 1000;
    places.instance = 9;
    return places;
  }

  template <class Behavior> caf::actor spawn(const std::string& name, Behavior behavior) {
    return actors.emplace_back(
        named(name, [&] { return spawn_traceable(time.system(), behavior); }));
  }

  /// The last step of `actor` that was about `message`; fails when there is none.
  trace::step last(std::string_view actor, std::string_view message) {
    seen = trace::read_trace(recorder->bytes());
    for (auto at = seen.steps.size(); at-- > 0;) {
      const auto& each = seen.steps[at];
      if (trace::actor_of(seen, each) == actor && trace::message_of(seen, each) == message)
        return each;
    }
    FAIL("there is no " << actor << " " << message);
    return {};
  }

  std::string_view correlation(const trace::step& of) const { return seen.text(of.correlation); }

  std::shared_ptr<scenario::machine_clock> clock = std::make_shared<scenario::machine_clock>();
  std::shared_ptr<trace::recorder> recorder;
  scenario::virtual_time time;
  trace::log seen;
  std::vector<caf::actor> actors;
};

caller from_client(const std::string& correlation) {
  caller who;
  who.correlation_id = correlation;
  return who;
}

/// Answers every number with the next one.
caf::behavior counting(caf::event_based_actor*) {
  return {[](int number) { return number + 1; }};
}

} // namespace

TEST_CASE("a message is caused by the turn that sent it") {
  stage s;
  const auto end = s.spawn("end", counting);
  const auto begin = s.spawn("begin", [=](caf::event_based_actor* self) -> caf::behavior {
    return {[=](tick_atom) { self->send(end, 1); }};
  });
  caf::anon_send(begin, tick_atom::value);
  s.time.settle();
  const auto first = s.last("begin", "tick");
  CHECK(first.cause == 0);
  CHECK(s.last("end", "i32").cause == first.id);
}

TEST_CASE("an answer belongs to its question, and is caused by who gave it") {
  stage s;
  const auto end = s.spawn("end", counting);
  const auto begin = s.spawn("begin", [=](caf::event_based_actor* self) -> caf::behavior {
    return {[=](const caller&, const get_status&) {
      self->request(end, caf::infinite, 1).then([](int) {});
    }};
  });
  caf::anon_send(begin, from_client("whole"), get_status{});
  s.time.settle();
  const auto question = s.last("begin", "runtime.status");
  const auto answer = s.last("begin", "i32");
  CHECK(answer.asked == question.id);
  CHECK(answer.parent() == question.id);
  CHECK(answer.cause == s.last("end", "i32").id);
  CHECK(s.correlation(answer) == "whole");
}

TEST_CASE("what somebody else caused in between does not spoil an answer's correlation") {
  stage s;
  // Keeps one question until another comes, and answers both then, as a journal does.
  const auto store = s.spawn("store", [](caf::event_based_actor* self) -> caf::behavior {
    auto kept = std::make_shared<std::vector<caf::response_promise>>();
    return {[=](int) {
      kept->push_back(self->make_response_promise());
      if (kept->size() == 2)
        for (auto& each : *kept) each.deliver(7);
    }};
  });
  const auto asking = [store](caf::event_based_actor* self) -> caf::behavior {
    return {[=](const caller&, const get_status&) {
      self->request(store, caf::infinite, 1).then([](int) {});
    }};
  };
  const auto one = s.spawn("one", asking);
  const auto two = s.spawn("two", asking);
  caf::anon_send(one, from_client("first"), get_status{});
  s.time.settle();
  caf::anon_send(two, from_client("second"), get_status{});
  s.time.settle();
  CHECK(s.correlation(s.last("one", "i32")) == "first");
  CHECK(s.correlation(s.last("two", "i32")) == "second");
}

TEST_CASE("a timer, and a question whose time ran out, are caused by the turn that set them") {
  stage s;
  const auto deaf = s.spawn("deaf", [](caf::event_based_actor* self) -> caf::behavior {
    return {[=](int) { return self->make_response_promise(); }};
  });
  const auto begin = s.spawn("begin", [=](caf::event_based_actor* self) -> caf::behavior {
    return {[=](ask_atom) {
              trace::later(self, std::chrono::seconds(1), tick_atom::value);
              self->request(deaf, std::chrono::seconds(2), 1)
                  .then([](int) {}, [](const caf::error&) {});
            },
            [](tick_atom) {}};
  });
  caf::anon_send(begin, ask_atom::value);
  s.time.advance(seconds(5));
  const auto first = s.last("begin", "ask");
  CHECK(s.last("begin", "tick").cause == first.id);
  CHECK(s.last("begin", "error").cause == first.id);
}

TEST_CASE("whoever passes a message on is no cause of it, and its wait is counted from the first") {
  stage s;
  const auto front = s.actors.emplace_back(spawn_facade(s.time.system()));
  const auto begin = s.spawn("begin", [=](caf::event_based_actor* self) -> caf::behavior {
    return {[=](tick_atom) { self->request(front, caf::infinite, 1).then([](int) {}); }};
  });
  caf::anon_send(begin, tick_atom::value);
  s.time.advance(seconds(3));
  const auto end = s.spawn("end", counting);
  caf::anon_send(front, stand_for{end});
  s.time.settle();
  const auto step = s.last("end", "i32");
  CHECK(step.cause == s.last("begin", "tick").id);
  CHECK(step.waited() == 3'000'000'000);
  CHECK(s.last("begin", "i32").asked == s.last("begin", "tick").id);
}

TEST_CASE("what comes for a facade that has ended is a dead letter, and whoever asks is told") {
  stage s;
  const auto front = s.actors.emplace_back(spawn_facade(s.time.system()));
  std::vector<std::string> answers;
  const auto begin = s.spawn("begin", [&, front](caf::event_based_actor* self) -> caf::behavior {
    return {[&answers, front, self](tick_atom) {
      self->request(front, caf::infinite, 1)
          .then(
              [&](int) { answers.emplace_back("an answer"); },
              [&, self](const caf::error& why) { answers.push_back(self->system().render(why)); });
    }};
  });
  caf::anon_send(begin, tick_atom::value); // it waits, since nobody stands behind yet
  s.time.settle();
  CHECK(answers.empty());
  caf::anon_send_exit(front, caf::exit_reason::user_shutdown);
  caf::anon_send(begin, tick_atom::value);
  s.time.settle();
  REQUIRE(answers.size() == 2);
  CHECK(answers[0] != "an answer");
  CHECK(answers[1] == answers[0]);
  const auto lost = s.last("facade", "i32");
  CHECK(lost.what.kind == trace::step_kind::dead_letter);
  CHECK(lost.cause == s.last("begin", "tick").id);
  CHECK(s.recorder->head().dead_letters == 2);
}

TEST_CASE("a crash is a step, and so is the end that it leads to, and who hears of it") {
  stage s;
  const auto parent = s.spawn("parent", [](caf::event_based_actor* self) -> caf::behavior {
    self->set_down_handler([](const caf::down_msg&) {});
    return {[self](const caf::actor& child) { self->monitor(child); }};
  });
  const auto child = s.spawn("child", [](caf::event_based_actor*) -> caf::behavior {
    return {[](fail_atom) { throw std::runtime_error("it broke"); }};
  });
  caf::anon_send(parent, child);
  s.time.settle();
  caf::anon_send(child, fail_atom::value);
  s.time.settle();
  const auto crash = s.last("child", "fail");
  CHECK(crash.what.outcome == trace::step_outcome::crashed);
  const auto death = s.last("child", "(ends)");
  CHECK(death.cause == crash.id);
  CHECK(death.failed());
  CHECK(s.last("parent", "down").cause == death.id);
}

TEST_CASE("a message for an actor that has ended is a dead letter") {
  stage s;
  const auto end = s.spawn("end", counting);
  const auto begin = s.spawn("begin", [=](caf::event_based_actor* self) -> caf::behavior {
    return {[=](tick_atom) { self->send(end, 1); }};
  });
  caf::anon_send_exit(end, caf::exit_reason::user_shutdown);
  s.time.settle();
  caf::anon_send(begin, tick_atom::value);
  s.time.settle();
  const auto lost = s.last("end", "i32");
  CHECK(lost.what.kind == trace::step_kind::dead_letter);
  CHECK(lost.cause == s.last("begin", "tick").id);
  CHECK(s.recorder->head().dead_letters == 1);
}

TEST_CASE("an actor's birth is caused by the turn that it was born in") {
  stage s;
  const auto begin = s.spawn("begin", [](caf::event_based_actor* self) -> caf::behavior {
    return {[self](tick_atom) {
      named("begin/child", [&] { return spawn_traceable(*self, counting); });
    }};
  });
  caf::anon_send(begin, tick_atom::value);
  s.time.settle();
  CHECK(s.last("begin/child", "(begins)").cause == s.last("begin", "tick").id);
}

TEST_CASE("a client's command has its correlation, and its span as a parent") {
  stage s;
  const auto router = s.spawn("router", [](caf::event_based_actor*) -> caf::behavior {
    return {[](const client_command&) {}};
  });
  envelope command;
  command.method = "runtime.status";
  command.correlation_id = "ticket";
  command.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  caf::anon_send(router, client_command{1, command});
  s.time.settle();
  const auto step = s.last("router", "client runtime.status");
  CHECK(s.correlation(step) == "ticket");
  CHECK(step.what.has_parent);
  CHECK(step.asked == 0xb7ad6b7169203331);
  CHECK(step.parent() == 0);
  command.method = "a secret of the client's";
  caf::anon_send(router, client_command{1, command});
  s.time.settle();
  CHECK(s.last("router", "client (unknown)").id != step.id);
}

TEST_CASE("a line is caused by the order that it answers, and heartbeats are data") {
  stage s;
  const auto worker = s.spawn("worker", [](caf::event_based_actor*) -> caf::behavior {
    return {[](const child_line&) {}, [](tick_atom) {}};
  });
  caf::anon_send(worker, tick_atom::value);
  s.time.settle();
  const auto order = s.last("worker", "tick");
  const auto line = [&](const auto& what, const std::string& cause = {}) {
    return child_line{1, {encode_line(what, cause)}, false};
  };
  const auto span = "000009" + std::string(9, '0') + std::to_string(order.id);
  caf::anon_send(worker, line(worker_lines::ready{"a link"}, span));
  for (int i = 0; i < 500; ++i) caf::anon_send(worker, line(worker_lines::heartbeat{}));
  s.time.settle();
  CHECK(s.last("worker", "line ready").cause == order.id);
  s.last("worker", "line heartbeat");
  CHECK(s.recorder->head().sampled_out == 499);
  // Nothing of what was said is in the trace.
  for (const auto& [name, text] : s.seen.texts())
    CHECK(text.find("link") == std::string_view::npos);
}

TEST_CASE(
    "on real threads, too, no turn begins before its message came or the turn before it ended") {
  auto places = stage::small();
  places.steps = 1U << 14U;
  places.sample = 7;
  places.is_real_time = true;
  trace::system_config config;
  config.recorder = std::make_shared<trace::recorder>(places);
  {
    caf::actor_system system(config);
    const auto end = named("end", [&] {
      return spawn_traceable(system, [](caf::event_based_actor* self) -> caf::behavior {
        return {[](int) {}, [](const child_line&) {}, [self](fail_atom) { self->quit(); }};
      });
    });
    const auto beat = encode_line(worker_lines::heartbeat{});
    for (int i = 0; i < 3000; ++i) {
      caf::anon_send(end, i);
      caf::anon_send(end, child_line{1, {beat}, false});
    }
    caf::anon_send(end, fail_atom::value);
  }
  const auto all = trace::read_trace(config.recorder->bytes());
  std::int64_t free_since = 0;
  std::size_t turns = 0;
  bool in_order = true;
  for (const auto& each : all.steps) {
    if (each.what.kind != trace::step_kind::turn) continue;
    ++turns;
    in_order = in_order && each.began >= each.arrived && each.began >= free_since;
    free_since = each.ended;
  }
  CHECK(in_order);
  CHECK(turns > 3000); // each number, and some of the beats
}

TEST_CASE("without a recorder actors are counted, and nothing else") {
  scenario::virtual_time time;
  const auto actor =
      spawn_traceable(time.system(), [](caf::event_based_actor* self) -> caf::behavior {
        return {[=](ask_atom) { trace::later(self, std::chrono::seconds(1), tick_atom::value); },
                [](tick_atom) {}};
      });
  caf::anon_send(actor, ask_atom::value);
  time.settle();
  const auto pulse =
      dynamic_cast<traced_actor*>(caf::actor_cast<caf::abstract_actor*>(actor))->pulse();
  CHECK(pulse->timers == 1);
  time.advance(seconds(2));
  CHECK(pulse->timers == 0);
  CHECK(pulse->turns == 2);
  CHECK(pulse->waiting() == 0);
  caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  time.settle();
}
