#include "tests/support/catch.hpp"
#include "tests/unit/cli_fake_runtime.hpp"
#include "tests/unit/cli_top_support.hpp"

using namespace top_test;

TEST_CASE("one moves, and stays with an actor whatever happens around it") {
  user me({80, 7});
  CHECK(me.chosen() == "journal");
  me.press(special::up);
  CHECK(me.chosen() == "journal");
  me.type(U"jj");
  CHECK(me.chosen() == "shares");
  me.press(special::page_down);
  CHECK(me.chosen() == "shares-of-old"); // four rows fit
  me.type(U"G");
  CHECK(me.chosen() == "terminals");
  CHECK(me.on.now().first_row == 4);
  me.press(special::home);
  CHECK(me.on.now().first_row == 0);
  me.press(special::down);
  auto actors = some_actors();
  actors.erase(actors.begin()); // journal, above
  me.poll(actors);
  CHECK(me.chosen() == "policy gate");
  actors.erase(actors.begin()); // itself
  me.poll(actors);
  CHECK(me.chosen() == "shares");
  me.poll({});
  CHECK(me.on.now().rows.empty());
  CHECK(me.press(special::enter));
  CHECK(me.on.now().at == place::rows);
  me.type(U"jk -+s");
  CHECK_FALSE(me.type(U"q"));
}

TEST_CASE("branches fold and unfold, and one goes up from a leaf") {
  user me;
  me.press(special::end);
  me.type(U"kk"); // ttl clock
  CHECK(me.chosen() == share + "/ttl clock");
  me.press(special::left);
  CHECK(me.chosen() == share);
  me.type(U"-");
  CHECK_THAT(me.picture(), ContainsSubstring(">*  + 26f8ad91 (+2)"));
  CHECK_THAT(me.picture(), !ContainsSubstring("ttl clock"));
  me.press(special::left);
  CHECK(me.chosen() == "shares");
  me.type(U"jj "); // past it: shares-of-old, a leaf
  CHECK(me.chosen() == "shares-of-old");
  me.type(U"k ");
  CHECK_THAT(me.picture(), ContainsSubstring("ttl clock"));
  me.type(U"s ");
  CHECK_THAT(me.picture(), ContainsSubstring("press s until the tree is back"));
}

TEST_CASE("orders go round, both ways, and are named") {
  user me;
  me.type(U"s");
  CHECK(me.on.now().wanted.by == order::mailbox);
  CHECK(me.chosen() == share + "/share worker");
  CHECK_THAT(me.picture(), ContainsSubstring("by mailbox"));
  me.type(U"ssss");
  CHECK(me.on.now().wanted.by == order::tree);
  me.type(U"S");
  CHECK(me.on.now().wanted.by == order::restarts);
}

TEST_CASE("a filter is typed, corrected, kept and cleared") {
  user me;
  me.type(U"/clocx");
  CHECK_THAT(me.picture(), ContainsSubstring("/clocx_"));
  CHECK_THAT(me.picture(), ContainsSubstring("no actor's name has this text in it"));
  me.press(special::backspace);
  me.type(U"k");
  CHECK_THAT(me.picture(), ContainsSubstring("ttl clock"));
  CHECK(me.type(U"q")); // a letter like others
  me.press(special::backspace);
  me.press(special::enter);
  CHECK(me.on.now().at == place::rows);
  CHECK(me.on.now().wanted.filter == "clock");
  CHECK_THAT(me.picture(), ContainsSubstring("/clock"));
  me.press(special::escape);
  CHECK(me.on.now().wanted.filter.empty());
  me.type(U"/ab");
  me.on.press({special::none, U'u' & 0x1f});
  CHECK(me.on.now().at == place::filter);
  me.type(U"日");
  CHECK(me.on.now().wanted.filter == "日");
  me.press(special::backspace);
  CHECK(me.on.now().wanted.filter.empty());
  me.press(special::escape);
  CHECK(me.on.now().at == place::rows);
  CHECK(me.press(special::escape)); // there is nothing to go back from
}

TEST_CASE("a pause keeps the picture, and the last answer for afterwards") {
  user me;
  me.type(U"p");
  me.poll({actor("late")});
  CHECK_THAT(me.picture(), ContainsSubstring("PAUSED"));
  CHECK_THAT(me.picture(), ContainsSubstring("journal"));
  me.type(U"p");
  CHECK_THAT(me.picture(), !ContainsSubstring("journal"));
  CHECK_THAT(me.picture(), ContainsSubstring("late"));
  CHECK_THAT(me.picture(), !ContainsSubstring("PAUSED"));
}

TEST_CASE("a runtime that is gone is told of, with the last picture, until there is one again") {
  user me;
  me.on.take(messages::failure{"connection_lost", "closed", {}}, some_time);
  CHECK_THAT(me.picture(), ContainsSubstring("the runtime is gone since "));
  CHECK_THAT(me.picture(), ContainsSubstring("journal"));
  CHECK_THAT(whole(me.on.now(), 20, 5), ContainsSubstring("gone: trying again\n"));
  me.poll(some_actors());
  CHECK_THAT(me.picture(), !ContainsSubstring("gone"));
  me.on.take(messages::failure{"no_answer", "", {}}, some_time);
  CHECK_THAT(me.picture(), ContainsSubstring("the runtime doesn't answer"));
  me.on.take(messages::failure{"odd", "odd\x1b", {}}, some_time);
  CHECK_THAT(me.picture(), ContainsSubstring("odd\\x1b since "));
}

TEST_CASE("an actor is opened, and its messages are read again with each poll") {
  user me;
  CHECK_FALSE(me.on.wants());
  me.press(special::enter);
  CHECK(me.on.wants() == "journal");
  past seen{{{"14:03:22.123", "append", "12 us", "3.4 ms", "crashed", "router", true}}, 9, ""};
  me.on.take(seen);
  CHECK_FALSE(me.on.wants());
  CHECK_THAT(me.picture(), ContainsSubstring("14:03:22.123 append"));
  CHECK_THAT(me.picture(), ContainsSubstring("   12 us   3.4 ms crashed     router"));
  me.poll(some_actors());
  CHECK(me.on.wants() == "journal");
  me.on.take(past{{}, 0, "nothing is kept: the setting trace.ring is 0"});
  CHECK_THAT(me.picture(), ContainsSubstring("the setting trace.ring is 0"));
  me.poll({});
  CHECK_THAT(me.picture(), ContainsSubstring("this actor is gone"));
  for (int each = 0; each < 100; ++each) seen.messages.push_back(seen.messages.front());
  me.on.take(seen);
  me.press(special::end);
  CHECK(me.on.now().first_message == 101 - room_in(me.size));
  me.type(U"k");
  CHECK(me.on.now().first_message == 100 - room_in(me.size));
  me.type(U"?");
  CHECK(me.on.now().at == place::help);
  CHECK(me.type(U"q"));
  CHECK(me.on.now().at == place::messages);
  CHECK(me.type(U"q"));
  CHECK(me.on.now().at == place::rows);
  CHECK_FALSE(me.on.wants());
}

TEST_CASE("top says what can't be, before anybody is asked") {
  const cli_test::private_home home; // there is no runtime: asking one would answer with 4
  for (const char* interval : {"0s", "99ms", "soon"})
    CHECK(cli_test::run({"top", "--no-start", "--interval", interval}).code == 2);
  const auto told = cli_test::run({"top", "--no-start", "--json"});
  CHECK(told.code == 2);
  CHECK(told.value().at("error").at("details").at("hint") ==
        "`termlease tree --json` prints the same once");
}
