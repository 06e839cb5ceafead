#include "bus/trace/recorder.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/cli_fake_runtime.hpp"
#include "tests/unit/cli_top_support.hpp"
#include "tools/termlease/output/views.hpp"

#include <fstream>

using namespace top_test;

TEST_CASE("messages a second are the difference of two polls, also across a restart") {
  model all;
  all.take(at_second(0, {actor("a", 100), actor("b", 50), actor("c", 9)}));
  CHECK_FALSE(all.find("a")->rate);
  CHECK_FALSE(all.sum().rate);
  auto crashed = actor("c", 12);
  crashed.restarts = 1; // twelve turns since then
  all.take(at_second(2, {actor("a", 105), actor("b", 4), crashed, actor("new", 6)}));
  CHECK(*all.find("a")->rate == Approx(2.5));
  CHECK(*all.find("b")->rate == Approx(2));
  CHECK(*all.find("c")->rate == Approx(6));
  CHECK(*all.find("new")->rate == Approx(3));
  CHECK(*all.sum().rate == Approx(13.5));
  auto other = at_second(3, {actor("a", 1)});
  other.runtime.pid = 1;
  all.take(other);
  CHECK_FALSE(all.find("a")->rate); // another runtime: there is nothing to compare with
  CHECK(all.find("b") == nullptr);
}

TEST_CASE("the tree has each branch below its parent, and a folded one is its sum") {
  model all;
  auto actors = some_actors();
  actors[5].busy_for = messages::seconds(3);
  all.take(at_second(0, actors));
  CHECK(labels(all.rows({})) == texts{"journal", "policy gate", "shares", "  26f8ad91",
                                      "    share worker", "    ttl clock", "shares-of-old",
                                      "terminals"});
  const auto folded = all.rows({order::tree, "", {"shares"}});
  CHECK(labels(folded) == texts{"journal", "policy gate", "shares", "shares-of-old", "terminals"});
  CHECK(folded[2].is == branch::folded);
  CHECK(folded[2].hidden == 3);
  CHECK(folded[2].what.of.mailbox == 2);
  CHECK(folded[2].what.of.turns == 112);
  CHECK(folded[2].how == alert::slow);
  CHECK(folded[3].how == alert::none);
}

TEST_CASE("a filter keeps the way to what it finds, and looks into folded branches") {
  model all;
  all.take(at_second(0, some_actors()));
  const auto found = all.rows({order::tree, "CLOCK", {"shares"}});
  CHECK(labels(found) == texts{"shares", "  26f8ad91", "    ttl clock"});
  CHECK(found[0].is_context);
  CHECK_FALSE(found[2].is_context);
  CHECK(labels(all.rows({order::mailbox, "clock", {}})) == texts{"shares/26f8ad91/ttl clock"});
  CHECK(all.rows({order::tree, "nothing like it", {}}).empty());
}

TEST_CASE("the busiest come first when asked for, and equals stay as in the tree") {
  model all;
  auto actors = some_actors();
  actors[1].busy_for = messages::seconds(2);
  actors[7].restarts = 3;
  all.take(at_second(0, actors));
  actors[0].turns += 100;
  all.take(at_second(1, actors));
  CHECK(labels(all.rows({order::mailbox, "", {}}))[0] == "shares/26f8ad91/share worker");
  CHECK(labels(all.rows({order::mailbox, "", {}}))[1] == "journal");
  CHECK(labels(all.rows({order::rate, "", {}}))[0] == "journal");
  CHECK(labels(all.rows({order::busy, "", {}}))[0] == "policy gate");
  CHECK(labels(all.rows({order::restarts, "", {}}))[0] == "terminals");
}

TEST_CASE("what stands out does so by mark and word") {
  auto actors = some_actors();
  actors[0].state = messages::actor_state::restarting;
  actors[1].busy_for = messages::seconds(90);
  user me;
  me.poll(actors);
  const auto lines = shown(me.on.now(), 80, 24);
  CHECK_THAT(lines[3], Catch::Matchers::StartsWith(">!  journal"));
  CHECK_THAT(lines[3], ContainsSubstring(" restarting "));
  CHECK_THAT(lines[4], Catch::Matchers::StartsWith(" !  policy gate"));
  CHECK_THAT(lines[4], ContainsSubstring(" slow "));
  CHECK_THAT(lines[4], ContainsSubstring("1m 30s"));
  CHECK_THAT(lines[7], Catch::Matchers::StartsWith(" *      share worker"));
  CHECK_THAT(lines[7], ContainsSubstring(" queued "));
  CHECK(draw(me.on.now(), me.size)[3].is_chosen);
}

TEST_CASE("on 80 columns every column is there, below its heading") {
  user me;
  me.poll(some_actors());
  const auto lines = shown(me.on.now(), 80, 24);
  CHECK_THAT(lines[0], ContainsSubstring("termlease 1.2.3  pid 4711  up 2s"));
  CHECK(lines[1] == "8 actors  0 messages/s  2 waiting  0 restarts  0 dead letters");
  CHECK(lines[2] ==
        "    ACTOR            STATE      MAILBOX MSG/S    BUSY RESTARTS LEFT TIMERS  DEAD");
  CHECK_THAT(lines.back(), ContainsSubstring("q quit  ? help"));
}

TEST_CASE("any size gives a picture of that size, and 20 by 5 what matters most") {
  auto actors = some_actors();
  actors.push_back(actor(std::string("terminals/\x1b]0;owned\x07\xff/日本語日本語日本語日本語")));
  user me;
  me.poll(actors);
  me.poll(actors);
  const auto check_all = [&] {
    for (std::size_t width : {1U, 2U, 3U, 5U, 12U, 20U, 40U, 79U, 80U, 200U})
      for (std::size_t height : {1U, 2U, 3U, 4U, 5U, 9U, 10U, 30U}) {
        INFO(width << "x" << height);
        me.on.fit({width, height});
        const auto lines = shown(me.on.now(), width, height);
        CHECK(lines.size() == height);
        for (const auto& each : lines) {
          CHECK(width_of(each) <= width);
          CHECK(each.find('\x1b') == std::string::npos);
        }
      }
  };
  check_all();
  me.type(U"?");
  check_all();
  me.press(special::escape);
  me.press(special::enter);
  me.on.take(past{{}, 50'000, ""});
  check_all();
  me.on.take(
      past{{{"14:03:22.123", "share.revoke", "12 us", "3.4 ms", "done", "router", false}}, 1, ""});
  check_all();
  me.press(special::escape);
  me.type(U"/日本語");
  check_all();
  me.on.take(messages::failure{"no_answer", "", {}}, some_time);
  check_all();
  user small({20, 5});
  CHECK(small.picture() == "8 actors  2 waiting\n"
                           "    ACTOR    MAILBOX\n"
                           ">   journal        0\n"
                           "    policy ~       0\n"
                           "q quit  ? help\n");
  small.press(special::end);
  CHECK_THAT(small.picture(), ContainsSubstring(">   termina~       0\n"));
}

TEST_CASE("the past of an actor comes from the trace: the newest first, with who sent it") {
  trace::recorder_options options;
  options.wall_ms = some_time.ms;
  trace::recorder into(options);
  const auto router = into.name("router");
  const auto journal = into.name("journal");
  const auto turn = [&](trace::name_id who, std::uint64_t cause, std::int64_t arrived) {
    trace::beginning begins;
    begins.cause.turn = cause;
    begins.actor = who;
    begins.message.name = into.name("append");
    begins.arrived = arrived;
    begins.began = arrived + 12'000;
    return into.begin(begins);
  };
  const auto first = turn(router, 0, 1'000'000);
  into.finish(first, trace::step_outcome::done, 2'000'000);
  const auto second = turn(journal, first, 2'000'000);
  into.finish(second, trace::step_outcome::crashed, 5'412'000);
  const auto third = turn(journal, 0, 6'000'000);
  const auto all = trace::read_trace(into.bytes());
  const auto found = past_in(all, "journal", 10);
  REQUIRE(found.messages.size() == 2);
  CHECK(third == 3);
  CHECK(found.looked_at == 3);
  CHECK(found.messages[0].from == "outside");
  CHECK(found.messages[0].outcome == "running");
  CHECK(found.messages[0].ran.empty());
  const auto& crash = found.messages[1];
  CHECK(crash.what == "append");
  CHECK(crash.from == "router");
  CHECK(crash.waited == "12 us");
  CHECK(crash.ran == "3.4 ms");
  CHECK(crash.outcome == "crashed");
  CHECK(crash.is_bad);
  CHECK(past_in(all, "journal", 1).messages.size() == 1);
  CHECK(past_in(all, "nobody", 10).messages.empty());
}

TEST_CASE("where no trace is kept, why is said") {
  const cli_test::private_home home;
  CHECK_THAT(read_past("journal", 1).problem, ContainsSubstring("no runtime has kept a trace"));
  const auto config = home.folder() / "config";
  std::filesystem::create_directories(config);
  std::ofstream(config / "config.toml") << "[trace]\nring = 0\n";
  CHECK(read_past("journal", 1).problem == "nothing is kept: the setting trace.ring is 0");
}

TEST_CASE("columns go in the order of their rank, and texts are cut by columns") {
  const std::vector<column> columns{{"A", 10, 0, false}, {"B", 4, 2, true}, {"C", 4, 1, true}};
  using widths = std::vector<std::size_t>;
  CHECK(fitted(columns, 40, 5) == widths{10, 4, 4});
  CHECK(fitted(columns, 14, 5) == widths{9, 0, 4});
  CHECK(fitted(columns, 8, 5) == widths{8, 0, 0});
  CHECK(fitted(columns, 3, 5) == widths{3, 0, 0});
  CHECK(cut("journal", 7) == "journal");
  CHECK(cut("journal", 4) == "jou~");
  CHECK(cut("日本語", 4) == "日~");
  CHECK(cut("日本", 2) == "~");
  CHECK(cut("ab", 0).empty());
  CHECK(wrapped("one two three", 7) == texts{"one two", "three"});
  CHECK(wrapped("oneword", 3) == texts{"one", "wor", "d"});
  CHECK(short_path("a\x1b/0190163d-8694-739b-aea5-966c26f8ad91/b") == "a\\x1b/26f8ad91/b");
  CHECK(count_text(99'999) == "99999");
  CHECK(count_text(123'456) == "123k");
  CHECK(count_text(9'999'999'999) == "9999M");
  CHECK(rate_text({}) == "-");
  CHECK(rate_text(0.01) == "<0.1");
  CHECK(rate_text(2.46) == "2.5");
  CHECK(rate_text(9.97) == "10");
  CHECK(busy_text(messages::span{250}) == "250ms");
}
