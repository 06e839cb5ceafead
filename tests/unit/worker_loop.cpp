#include "tests/support/catch.hpp"
#include "tools/worker/lines.hpp"
#include "tools/worker/loop.hpp"

#include <fcntl.h>
#include <string>
#include <unistd.h>
#include <vector>

using namespace termlease::worker;
using namespace std::chrono_literals;

TEST_CASE("timers run in the order of their times, and a cancelled one never") {
  loop events;
  std::string order;
  events.after(2ms, [&] { order += "c"; });
  events.after(0ms, [&] { order += "a"; });
  const auto cancelled = events.after(1ms, [&] { order += "x"; });
  events.after(1ms, [&] { order += "b"; });
  events.after(3ms, [&] { events.stop(); });
  events.cancel(cancelled);
  events.run();
  CHECK(order == "abc");
}

TEST_CASE("a timer that re-arms itself without delay does not starve descriptors") {
  loop events;
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  std::function<void()> again = [&] { events.after(0ms, again); };
  again();
  events.watch(ends[0], EPOLLIN, [&](std::uint32_t) { events.stop(); });
  REQUIRE(write(ends[1], "x", 1) == 1);
  events.run();
  events.forget(ends[0]);
  close(ends[0]);
  close(ends[1]);
  SUCCEED();
}

TEST_CASE("a callback may forget its own descriptor and the ones after it") {
  loop events;
  int one[2];
  int two[2];
  REQUIRE(pipe2(one, O_CLOEXEC) == 0);
  REQUIRE(pipe2(two, O_CLOEXEC) == 0);
  int calls = 0;
  const auto callback = [&](std::uint32_t) {
    ++calls;
    events.forget(one[0]);
    events.forget(two[0]);
    events.after(1ms, [&] { events.stop(); });
  };
  events.watch(one[0], EPOLLIN, callback);
  events.watch(two[0], EPOLLIN, callback);
  REQUIRE(write(one[1], "x", 1) == 1);
  REQUIRE(write(two[1], "x", 1) == 1);
  events.run();
  CHECK(calls == 1);
  for (const int fd : {one[0], one[1], two[0], two[1]}) close(fd);
}

TEST_CASE("a line writer keeps what a slow reader has not taken, in order") {
  loop events;
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  bool broken = false;
  line_writer writer(events, ends[1], [&] { broken = true; });
  const std::string line = std::string(99'999, 'l') + "\n"; // more than a pipe holds
  writer.write(line);
  writer.write("last\n");
  std::string got;
  events.watch(ends[0], EPOLLIN, [&](std::uint32_t) {
    char part[4096];
    const auto count = read(ends[0], part, sizeof part);
    got.append(part, static_cast<std::size_t>(count));
    if (got.size() >= line.size() + 5) events.stop();
  });
  events.run();
  CHECK(got == line + "last\n");
  CHECK_FALSE(broken);
  events.forget(ends[0]);
  close(ends[0]);
  close(ends[1]);
}

TEST_CASE("a line writer gives up on a reader that lets more than the limit wait") {
  loop events;
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  bool broken = false;
  line_writer writer(events, ends[1], [&] {
    broken = true;
    events.stop();
  });
  writer.write(std::string(line_limit, 'x'));
  writer.write(std::string(line_limit, 'x'));
  events.run();
  CHECK(broken);
  close(ends[0]);
  close(ends[1]);
}

TEST_CASE("lines come out whole however the bytes arrive") {
  line_splitter splitter;
  std::vector<std::string> seen;
  const auto keep = [&](std::string_view line) { seen.emplace_back(line); };
  for (const char each : std::string("one\n\ntwo\nhalf")) CHECK(splitter.feed({&each, 1}, keep));
  CHECK(seen == std::vector<std::string>{"one", "", "two"});
  CHECK(splitter.feed("-done\nmore\n", keep));
  CHECK(seen == std::vector<std::string>{"one", "", "two", "half-done", "more"});
}

TEST_CASE("a line over the limit is refused, whether or not it ever ends") {
  const auto ignore = [](std::string_view) {};
  line_splitter endless(8);
  CHECK(endless.feed("12345678", ignore));
  CHECK_FALSE(endless.feed("9", ignore));
  CHECK_FALSE(endless.feed("\nnext\n", ignore));
  int lines = 0;
  line_splitter ended(8);
  CHECK_FALSE(ended.feed("fine\n123456789\nfine\n", [&](std::string_view) { ++lines; }));
  CHECK(lines == 1);
}
