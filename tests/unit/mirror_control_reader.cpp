#include "tests/support/catch.hpp"
#include "tools/worker/mirror/tmux/control_reader.hpp"

#include <random>

namespace {

using termlease::worker::control_reader;
using termlease::worker::control_reply;

struct recorder final : termlease::worker::control_handler {
  void on_output(std::string_view pane, std::string_view escaped) override {
    outputs.push_back(std::string(pane) + "|" + std::string(escaped));
  }

  void on_reply(control_reply& reply) override { replies.push_back(reply); }

  void on_notice(std::string_view name, std::string_view rest) override {
    notices.push_back(std::string(name) + "|" + std::string(rest));
  }

  std::vector<std::string> outputs, notices;
  std::vector<control_reply> replies;
};

using lines = std::vector<std::string>;

} // namespace

TEST_CASE("control mode's output, notices and replies are told apart") {
  recorder heard;
  control_reader reader(heard);
  CHECK(reader.feed("%output %3 a\\015 b\n%extended-output %12 35 : x : y\n%exit\n"
                    "%layout-change @1 b25d,80x24,0,0,0 *\n"
                    "%begin 17 5 1\none\n\n%end 17 5 1\n%begin 17 6 0\n%error 17 6 0\n"));
  CHECK(heard.outputs == lines{"%3|a\\015 b", "%12|x : y"});
  CHECK(heard.notices == lines{"exit|", "layout-change|@1 b25d,80x24,0,0,0 *"});
  REQUIRE(heard.replies.size() == 2);
  CHECK(heard.replies[0].ours);
  CHECK(heard.replies[0].fine);
  CHECK(heard.replies[0].lines == lines{"one", ""});
  CHECK_FALSE(heard.replies[1].ours);
  CHECK_FALSE(heard.replies[1].fine);
}

TEST_CASE("a captured row that looks like the end of a reply does not end it") {
  recorder heard;
  control_reader reader(heard);
  reader.expect_lines(3);
  CHECK(reader.feed("%begin 17 5 1\n%end 17 5 1\n%error 17 5 1\n%output %1 x\n%end 17 5 1\n"));
  REQUIRE(heard.replies.size() == 1);
  CHECK(heard.replies[0].lines == lines{"%end 17 5 1", "%error 17 5 1", "%output %1 x"});
  CHECK(reader.feed("%begin 18 6 1\n%end 18 5 1\n%end 18 6 1\n"));
  REQUIRE(heard.replies.size() == 2);
  CHECK(heard.replies[1].lines == lines{"%end 18 5 1"});
  CHECK(heard.outputs.empty());
}

TEST_CASE("control mode reads the same however its bytes are cut") {
  const std::string stream = "%begin 1 2 1\nrow\n%end 1 2 1\n%output %0 hello\\012\n%pause %0\n";
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    recorder heard;
    control_reader reader(heard);
    CHECK(reader.feed(std::string_view(stream).substr(0, cut)));
    CHECK(reader.feed(std::string_view(stream).substr(cut)));
    CHECK(heard.outputs == lines{"%0|hello\\012"});
    CHECK(heard.notices == lines{"pause|%0"});
    CHECK(heard.replies.size() == 1);
  }
}

TEST_CASE("control mode survives garbage and gives up on an endless line") {
  recorder heard;
  control_reader reader(heard);
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::string bytes(random() % 300, ' ');
    for (auto& each : bytes) each = "%begin end output 01\n: \x1b\\"[random() % 26];
    CHECK(reader.feed(bytes + "\n"));
  }
  CHECK(reader.feed("%begin\n%end\n%\n%extended-output\n"));
  CHECK_FALSE(reader.feed(std::string(control_reader::max_line_bytes + 1, 'x')));
}
