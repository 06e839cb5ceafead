#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tools/worker/mirror/zellij/contract.hpp"
#include "tools/worker/mirror/zellij/key_queue.hpp"
#include "tools/worker/mirror/zellij/pane_update.hpp"
#include "tools/worker/mirror/zellij/pane_writer.hpp"

#include <array>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace termlease;
using namespace termlease::worker;

namespace {

using words = std::vector<std::string>;

std::string row_text(const screen& from, std::uint32_t y) {
  std::string text;
  for (const auto& each : from.row(y))
    if (each.width > 0) from.glyphs().append(text, each.shape);
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

std::string listed(const std::string& pane) {
  return R"([{"id":0,"is_plugin":true,"pane_content_rows":1,"pane_content_columns":9},)" + pane +
         "]";
}

constexpr auto usual =
    R"({"id":0,"is_plugin":false,"exited":false,"pane_x":10,"pane_content_x":11,"pane_y":1,)"
    R"("pane_content_y":2,"pane_content_rows":22,"pane_content_columns":78,)"
    R"("cursor_coordinates_in_pane":[4,3]})";

words all_writes(key_queue& queue) {
  words writes;
  while (!queue.empty()) writes.push_back(queue.take());
  return writes;
}

} // namespace

TEST_CASE("an update of zellij's is of this pane, and whole, or it is none") {
  const auto line = R"({"event":"pane_update","is_initial":true,"pane_id":"terminal_0",)"
                    R"("scrollback":null,"viewport":["a","\u001b[31mb"]})";
  const auto update = read_update(line, "terminal_0");
  REQUIRE(update);
  CHECK(update->initial);
  CHECK_FALSE(update->closed);
  CHECK(update->rows == words{"a", "\x1b[31mb"});
  CHECK_FALSE(read_update(line, "terminal_1"));
  CHECK(read_update(R"({"event":"pane_closed","pane_id":"terminal_7"})", "terminal_7")->closed);
  for (const auto* bad : {"", "{", "[]", "1", R"({"pane_id":"terminal_0"})",
                          R"({"event":"other","pane_id":"terminal_0","viewport":[]})",
                          R"({"event":"pane_update","pane_id":"terminal_0"})",
                          R"({"event":"pane_update","pane_id":"terminal_0","viewport":"a"})",
                          R"({"event":"pane_update","pane_id":"terminal_0","viewport":["a",7]})",
                          R"({"event":"pane_update","pane_id":0,"viewport":[]})"})
    CHECK_FALSE(read_update(bad, "terminal_0"));
  CHECK_FALSE(read_update(std::string(5000, '['), "terminal_0"));
}

TEST_CASE(
    "zellij's list of panes tells size and cursor of a terminal's pane, never of a plugin's") {
  pane_facts facts;
  CHECK(read_pane_list(listed(usual), "terminal_0", facts) == pane_fate::there);
  CHECK(facts.size == extent{22, 78});
  REQUIRE(facts.cursor);
  CHECK(facts.cursor->x == 3); // one less than the frame is wide
  CHECK(facts.cursor->y == 2);
  CHECK(read_pane_list(listed(usual), "terminal_1", facts) == pane_fate::gone);
  CHECK(read_pane_list("[]", "terminal_0", facts) == pane_fate::gone);
  CHECK(read_pane_list(listed(R"({"id":0,"is_plugin":false,"exited":true})"), "terminal_0",
                       facts) == pane_fate::gone);
  for (const auto* bad : {"", "{}", "[7]", "nothing", "[\"terminal_0\"]"})
    CHECK(read_pane_list(bad, "terminal_0", facts) == pane_fate::unreadable);
  CHECK(facts.size == extent{22, 78});
}

TEST_CASE("odd numbers of zellij's make no odd pane") {
  for (const auto* odd :
       {R"({"id":0,"is_plugin":false})",
        R"({"id":0,"is_plugin":false,"pane_content_rows":-5,"pane_content_columns":"x",)"
        R"("cursor_coordinates_in_pane":[-1,2]})",
        R"({"id":0,"is_plugin":false,"pane_content_rows":0,"pane_content_columns":0,)"
        R"("cursor_coordinates_in_pane":[1]})"}) {
    pane_facts facts;
    CHECK(read_pane_list(listed(odd), "terminal_0", facts) == pane_fate::there);
    CHECK(facts.size == extent{1, 1});
    CHECK_FALSE(facts.cursor);
  }
  pane_facts facts;
  read_pane_list(listed(R"({"id":0,"is_plugin":false,"pane_content_rows":99999999999,)"
                        R"("pane_content_columns":18446744073709551615,)"
                        R"("cursor_coordinates_in_pane":[99999999999,7]})"),
                 "terminal_0", facts);
  CHECK(facts.size == extent{10000, 10000});
}

TEST_CASE("only a terminal's pane of zellij can be lent") {
  for (const auto* good : {"terminal_0", "terminal_123456789"}) CHECK(is_zellij_pane(good));
  for (const auto* bad : {"", "terminal_", "plugin_0", "0", "terminal_-1", "terminal_1 ", "%0",
                          "terminal_1234567890", "terminal_0x"})
    CHECK_FALSE(is_zellij_pane(bad));
}

TEST_CASE("a row of zellij's stays in its row, with its colours, whatever is in it") {
  const auto shown =
      painted({"\x1b[31mred\x1b[m", std::string(30, 'x'), "a\x1b[1;1Hb\n\n\n", "日本"},
              {{4, 10}, place{2, 3}}, screen{});
  CHECK(row_text(shown, 0).starts_with('b')); // its own fault, and its own pane
  CHECK(row_text(shown, 1) == std::string(10, 'x'));
  CHECK(row_text(shown, 3) == "日本");
  CHECK(shown.row(0)[1].look.front == basic_colour(1));
  CHECK(shown.cursor().x == 2);
  CHECK(shown.cursor().y == 3);
  CHECK(shown.modes().cursor_visible);
  CHECK(shown.modes().wrap);
  const auto hidden = painted({}, {{2, 2}, {}}, shown);
  CHECK_FALSE(hidden.modes().cursor_visible);
  CHECK(hidden.cursor().y == 1);
}

TEST_CASE("what is typed goes together, and a cursor key alone") {
  key_queue queue;
  CHECK(queue.type("ls"));
  CHECK(queue.type(" -l\r"));
  CHECK(queue.type("\x1b[A\x1b[Ax\x1b[1~\x1b\x1b[Z"));
  CHECK(all_writes(queue) == words{"ls -l\r", "\x1b[A", "\x1b[A", "x", "\x1b[H", "\x1b\x1b[Z"});
  CHECK(queue.waiting() == 0);
}

TEST_CASE("a paste is between brackets that are written alone") {
  key_queue queue;
  const std::string body(20000, 'p');
  CHECK(queue.type("a"));
  CHECK(queue.paste(body));
  CHECK(queue.type("b"));
  const auto writes = all_writes(queue);
  REQUIRE(writes.size() == 7);
  CHECK(writes[1] == "\x1b[200~");
  CHECK(writes[2] + writes[3] + writes[4] == body);
  CHECK(writes[5] == "\x1b[201~");
  CHECK(writes[6] == "b");
}

TEST_CASE("what waits to be typed has a limit") {
  key_queue queue;
  const std::string much(std::size_t{3} << 20, 'm');
  CHECK(queue.type(much));
  CHECK_FALSE(queue.type(much));
  CHECK_FALSE(queue.paste(much));
  queue.clear();
  CHECK(queue.empty());
  CHECK(queue.paste(much));
}

TEST_CASE("typed bytes become a frame for one pane") {
  // As zellij 0.45.1 takes it; see the live tests.
  const std::string expected("\x14\0\0\0"
                             "\x4a\x12\x0a\x0e\xa2\x06\x0b\x0a\x02\x08\x04"
                             "\x12\x05"
                             "a\0\xff\x01\x1b"
                             "\x20\x01",
                             24);
  CHECK(write_frame(4, std::string_view("a\0\xff\x1b", 4)) == expected);
  CHECK(contract_socket("/run/z", "demo") == "/run/z/contract_version_1/demo");
}

TEST_CASE("what a zellij server says is split into words however it arrives") {
  // A picture, an empty message, what was waited for, and the end.
  const std::string said("\5\0\0\0\x0a\3abc"
                         "\0\0\0\0"
                         "\2\0\0\0\x12\0"
                         "\4\0\0\0\x1a\2\x08\5",
                         27);
  using enum server_word;
  for (const std::size_t piece : {1, 2, 3, 5, 27}) {
    server_words reader;
    std::vector<server_word> heard;
    for (std::size_t at = 0; at < said.size(); at += piece)
      reader.feed(std::string_view(said).substr(at, piece),
                  [&](server_word word) { heard.push_back(word); });
    CHECK(heard == std::vector{other, other, taken, over});
  }
}

namespace {

/// A server that says only what it is told.
class silent_server {
public:
  explicit silent_server(const std::string& path) : fd_(socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(listen(fd_, 5) == 0);
  }

  ~silent_server() {
    hang_up();
    close(fd_);
  }

  silent_server(const silent_server&) = delete;
  silent_server& operator=(const silent_server&) = delete;

  void take_client() { client_ = accept(fd_, nullptr, nullptr); }

  void hang_up() {
    if (client_ >= 0) close(std::exchange(client_, -1));
  }

  void say(std::string_view text) {
    REQUIRE(send(client_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
  }

  bool heard(std::string_view text) {
    std::array<char, 4096> part{};
    const auto count = recv(client_, part.data(), part.size(), 0);
    return count > 0 && std::string_view(part.data(), static_cast<std::size_t>(count)) == text;
  }

private:
  int fd_;
  int client_ = -1;
};

constexpr std::string_view yes("\2\0\0\0\x12\0", 6);

} // namespace

TEST_CASE("each write waits for the one before, on one connection, and is never said twice") {
  tests::temporary_folder folder;
  const auto path = (folder.path() / "server").string();
  loop events;
  int written = 0;
  pane_writer writer(events, path, 4, [&] {
    ++written;
    events.stop();
  });
  writer.write("nobody is there");
  CHECK(writer.busy());
  events.run();
  CHECK(written == 1);
  silent_server server(path);
  writer.write("a");
  server.take_client();
  CHECK(server.heard(write_frame(4, "a")));
  CHECK(writer.busy());
  server.say(yes);
  events.run();
  CHECK_FALSE(writer.busy());
  writer.write("b");
  CHECK(server.heard(write_frame(4, "b")));
  server.hang_up();
  events.run();
  CHECK(written == 3);
  writer.write("c");
  server.take_client();
  CHECK(server.heard(write_frame(4, "c")));
  server.say(std::string("\4\0\0\0\x1a\2\x08\5", 8)); // sent away
  events.run();
  CHECK(written == 4);
  CHECK_FALSE(writer.busy());
}
