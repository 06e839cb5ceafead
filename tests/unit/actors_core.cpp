#include "actors/core/answering.hpp"
#include "actors/core/facade.hpp"
#include "actors/core/recording.hpp"
#include "actors/core/supervision.hpp"
#include "messages/runtime.hpp"
#include "messages/supervision.hpp"
#include "tests/support/catch.hpp"
#include "tools/scenario/simulation/virtual_time.hpp"

#include <stdexcept>

using namespace termlease;
using namespace termlease::messages;
using namespace termlease::actors;

namespace {

using start_atom = caf::atom_constant<caf::atom("start")>;
using stop_atom = caf::atom_constant<caf::atom("stop")>;

/// A parent with one child, which fails when it is told to with a text, and says otherwise which
/// of its lives it is in.
struct family {
  explicit family(restart_rule rule = restart_rule::permanent) {
    env->settings.supervision = {3, seconds(30), {100}, seconds(1)};
    env->now = [this] { return time.now(); };
    env->next_id = [] { return std::string("id"); };
    env->jitter = [this] { return jitter; };
    env->log = [this](const std::string& line) { log.push_back(line); };
    env->journal = keep(time.system().spawn([this]() -> caf::behavior {
      return {[this](const messages::keep& what) {
        receipts.push_back(decoded<actor_restarted>(json::parse(what.records.at(0).metadata.text)));
      }};
    }));
    front = keep(spawn_facade(time.system()));
    parent = keep(time.system().spawn(
        [=, this](caf::event_based_actor* self) { return as_parent(self, rule); }));
    caf::anon_send(parent, start_atom::value);
    time.settle();
  }

  ~family() {
    for (const auto& each : actors) caf::anon_send_exit(each, caf::exit_reason::kill);
    if (child) caf::anon_send_exit(child, caf::exit_reason::kill);
    time.settle();
  }

  caf::actor keep(caf::actor made) { return actors.emplace_back(std::move(made)); }

  caf::behavior as_parent(caf::event_based_actor* self, restart_rule rule) {
    auto children = std::make_shared<supervision>(self, env, "");
    const auto spec = [=, this] {
      return child_spec{"child", [=, this] { return child = spawn_child_of(*self); }, rule, front,
                        [this](const std::string& id, const caf::error& why) {
                          gone.push_back(id + (why ? " crashed" : " ended"));
                        }};
    };
    return {
        [=](start_atom) { children->start(spec()); },
        [=](stop_atom) { children->stop("child"); },
        [=](const restart_child& again) { children->restart(again.id); },
    };
  }

  caf::actor spawn_child_of(caf::event_based_actor& in) {
    return spawn_traceable(in, [this](caf::event_based_actor* self) -> caf::behavior {
      ++lives;
      if (stillborn > 0 && stillborn-- > 0) throw std::runtime_error("it can't begin");
      return {
          [self](const std::string& how) {
            if (how == "quit") return self->quit();
            throw std::runtime_error(how);
          },
          [this](int) { return lives; },
      };
    });
  }

  void crash() { tell("it broke"); }

  void tell(const std::string& how) {
    caf::anon_send(front, how);
    time.settle();
  }

  /// Asks the child, through the facade, which life it is in; 0 while there is no answer.
  std::shared_ptr<int> ask() {
    auto answer = std::make_shared<int>(0);
    time.system().spawn([=, to = front](caf::event_based_actor* self) {
      self->request(to, caf::infinite, 1).then([=](int life) { *answer = life; });
    });
    time.settle();
    return answer;
  }

  scenario::virtual_time time;
  std::shared_ptr<environment> env = std::make_shared<environment>();
  std::vector<caf::actor> actors;
  caf::actor front;
  caf::actor parent;
  caf::actor child;
  std::vector<actor_restarted> receipts;
  std::vector<std::string> gone;
  std::vector<std::string> log;
  double jitter = 0.0;
  int lives = 0;
  int stillborn = 0; ///< so many of the next lives end as they begin
};

} // namespace

TEST_CASE("a child that crashes is started again, with a receipt", "[NFR-026-004]") {
  family f;
  CHECK(*f.ask() == 1);
  f.crash();
  CHECK(f.lives == 2);
  REQUIRE(f.receipts.size() == 1);
  CHECK(f.receipts[0].actor == "child");
  CHECK_THAT(f.receipts[0].why, ContainsSubstring("it broke"));
  CHECK(f.receipts[0].attempt == 1);
  CHECK(f.receipts[0].budget_left == 2);
  CHECK(f.receipts[0].after == span{0});
  CHECK(f.log.size() == 1);
}

TEST_CASE("whoever asks while a child is away waits, and is answered by the next one",
          "[NFR-026-004]") {
  family f;
  f.crash();
  f.crash(); // the second time it is away for a moment
  const auto answer = f.ask();
  CHECK(*answer == 0);
  f.time.advance(seconds(1));
  CHECK(*answer == 3);
}

TEST_CASE("messages of one sender keep their order, also those that waited for somebody") {
  scenario::virtual_time time;
  std::vector<int> heard;
  const auto front = spawn_facade(time.system());
  for (int i = 0; i < 3; ++i) caf::anon_send(front, i);
  time.settle();
  CHECK(heard.empty());
  const auto behind = time.system().spawn(
      [&]() -> caf::behavior { return {[&](int number) { heard.push_back(number); }}; });
  caf::anon_send(front, stand_for{behind});
  for (int i = 3; i < 6; ++i) caf::anon_send(front, i);
  time.settle();
  CHECK(heard == std::vector<int>{0, 1, 2, 3, 4, 5});
  caf::anon_send_exit(front, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(behind, caf::exit_reason::user_shutdown);
  time.settle();
}

TEST_CASE("a facade ends with its owner") {
  scenario::virtual_time time;
  caf::actor front;
  const auto owner = time.system().spawn([&](caf::event_based_actor* self) -> caf::behavior {
    front = spawn_facade(*self);
    return {[](int) {}};
  });
  bool ended = false;
  time.settle();
  front->attach_functor([&] { ended = true; });
  CHECK_FALSE(ended);
  caf::anon_send_exit(owner, caf::exit_reason::user_shutdown);
  time.settle();
  CHECK(ended);
}

TEST_CASE("the first restart comes at once, each other waits longer, up to a limit") {
  restart_budget budget({5, seconds(30), {100}, {300}});
  const restart_budget::time_point start{};
  CHECK(budget.spend(start, 0.0) == span{0});
  CHECK(budget.spend(start, 0.0) == span{100});
  CHECK(budget.spend(start, 0.0) == span{200});
  CHECK(budget.spend(start, 0.0) == span{300});
  CHECK(budget.spend(start, 0.5) == span{225});
  CHECK_FALSE(budget.spend(start, 0.0));
  CHECK(budget.left() == 0);
  CHECK(budget.spend(start + std::chrono::seconds(31), 0.0) == span{0});
  CHECK(budget.left() == 4);
}

TEST_CASE("a child that crashes too often is given up, and its parent is told") {
  family f;
  for (int i = 0; i < 3; ++i) {
    f.crash();
    f.time.advance(seconds(2));
  }
  CHECK(f.lives == 4);
  CHECK(f.gone.empty());
  CHECK(f.receipts.back().budget_left == 0);
  f.crash();
  f.time.advance(minutes(1));
  CHECK(f.lives == 4);
  CHECK(f.gone == std::vector<std::string>{"child crashed"});
}

TEST_CASE("a child that crashes while it begins is started again, and given up when it never can",
          "[NFR-026-004]") {
  family f;
  f.stillborn = GENERATE(1, 2, 4);
  const bool never = f.stillborn == 4;
  f.crash();
  f.time.advance(seconds(5));
  if (never) {
    CHECK(f.gone == std::vector<std::string>{"child crashed"});
    CHECK(f.lives == 4);
  } else {
    CHECK(f.gone.empty());
    CHECK(*f.ask() == f.lives);
    CHECK_THAT(f.receipts.back().why, ContainsSubstring("it can't begin"));
  }
}

TEST_CASE("crashes that are far apart are forgiven") {
  family f;
  for (int i = 0; i < 10; ++i) {
    f.crash();
    f.time.advance(seconds(20));
  }
  CHECK(f.lives == 11);
  CHECK(f.gone.empty());
}

TEST_CASE("a child is started again as its rule says") {
  SECTION("transient: an end is an end") {
    family f(restart_rule::transient);
    f.tell("quit");
    f.time.advance(seconds(10));
    CHECK(f.lives == 1);
    CHECK(f.gone == std::vector<std::string>{"child ended"});
  }
  SECTION("transient: a crash is none") {
    family f(restart_rule::transient);
    f.crash();
    f.time.advance(seconds(10));
    CHECK(f.lives == 2);
  }
  SECTION("permanent: it is always there") {
    family f;
    f.tell("quit");
    f.time.advance(seconds(10));
    CHECK(f.lives == 2);
  }
  SECTION("temporary: never again") {
    family f(restart_rule::temporary);
    f.crash();
    f.time.advance(seconds(10));
    CHECK(f.lives == 1);
    CHECK(f.gone == std::vector<std::string>{"child crashed"});
  }
}

TEST_CASE("a child that is stopped stays so, also when a restart was under way") {
  family f;
  SECTION("while it runs") {}
  SECTION("while it waits to be started again") {
    f.crash();
  }
  const auto lives = f.lives;
  caf::anon_send(f.parent, stop_atom::value);
  f.time.advance(minutes(1));
  CHECK(f.lives == lives);
  CHECK(f.gone.empty());
}

TEST_CASE("a mistake of a command is its answer, a bug is not") {
  const auto refused = answered([]() -> caf::result<answer> { throw failed("bad_name", "no"); });
  CHECK(refused.flag == caf::rt_value);
  CHECK(refused.value.get_as<answer>(0).error.code == "bad_name");
  CHECK_THROWS_AS(answered([]() -> caf::result<answer> { throw std::logic_error("bug"); }),
                  std::logic_error);
  CHECK_NOTHROW(check_reason(std::string(longest_reason, 'x')));
  CHECK_THROWS_AS(check_reason(std::string(longest_reason + 1, 'x')), failed);
}

TEST_CASE("a record says who, what, why and what caused it", "[FR-026-011]") {
  environment env;
  env.now = [] { return instant{5}; };
  env.next_id = [] { return std::string("new id"); };
  caller from;
  from.who = {identity_kind::agent, "bot"};
  from.command_id = "cause";
  from.correlation_id = "whole";
  from.lane_id = "blue";
  auto about = context_of(from, "runtime.stop");
  about.share_id = "s1";
  const auto made = draft(env, about, runtime_stopped{"enough"}, "denied");
  CHECK(made.id == "new id");
  CHECK(made.event_type == "runtime.stopped");
  CHECK(made.actor == from.who);
  CHECK(made.action == "runtime.stop");
  CHECK(made.result == "denied");
  CHECK(made.timestamp == instant{5});
  CHECK(made.lane_id == "blue");
  CHECK(made.share_id == "s1");
  CHECK(made.correlation_id == "whole");
  CHECK(made.causation_id == "cause");
  CHECK(made.metadata.text == R"({"reason":"enough"})");
  CHECK(draft(env, {}, runtime_stopped{}).action == "runtime.stopped");
}
