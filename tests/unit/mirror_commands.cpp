#include "tests/support/catch.hpp"
#include "tools/worker/mirror/tmux/pane_commands.hpp"

#include <algorithm>

using namespace termlease::worker;

namespace {

std::string every_byte() {
  std::string bytes;
  for (int each = 0; each < 256; ++each) bytes += static_cast<char>(each);
  return bytes;
}

} // namespace

TEST_CASE("typed bytes become numbers behind a condition") {
  CHECK(typing_commands("%3", "a\x1b\n") ==
        "if-shell -F -t %3 '#{||:#{pane_in_mode},#{pane_synchronized}}' '' 'send-keys -t %3 -H 61 "
        "1b 0a'\n");
  CHECK(typing_commands("%3", "").empty());
}

TEST_CASE("no typed byte can leave its command") {
  const auto lines = typing_commands("%3", every_byte());
  CHECK(std::ranges::count(lines, '\n') == 1);
  CHECK(std::ranges::count(lines, '\'') == 6);
  const auto many = typing_commands("%3", std::string(10000, ';'));
  CHECK(std::ranges::count(many, '\n') == 20);
  CHECK(many.find(';') == std::string::npos);
}

TEST_CASE("a paste goes through a buffer of its own that never stays") {
  const auto lines = pasting_commands("%3", "private-1", "ls $HOME\n");
  CHECK(lines == "set-buffer -b private-1 -- \"ls \\044HOME\\012\"\n"
                 "if-shell -F -t %3 '#{||:#{pane_in_mode},#{pane_synchronized}}' "
                 "'delete-buffer -b private-1' 'paste-buffer -p -r -d -b private-1 -t %3'\n");
}

TEST_CASE("no pasted byte can leave its quotes") {
  const auto lines = pasting_commands("%3", "private-1", every_byte() + std::string(5000, '"'));
  std::size_t sets = 0;
  for (std::size_t at = 0; at < lines.size();) {
    const auto end = lines.find('\n', at);
    const auto line = lines.substr(at, end - at);
    at = end + 1;
    if (!line.starts_with("set-buffer")) continue;
    ++sets;
    const auto body = line.substr(line.find('"') + 1);
    CHECK(body.find('"') == body.size() - 1);
    CHECK(std::ranges::none_of(
        body, [](char c) { return c == '$' || c == '#' || c == ';' || c == '~'; }));
  }
  CHECK(sets == 3);
  CHECK(pasting_commands("%3", "private-1", std::string(3, '\0')).empty());
}

TEST_CASE("only a pane's id names a pane") {
  CHECK(is_pane_id("%0"));
  CHECK(is_pane_id("%4294967295"));
  for (const auto* each : {"", "%", "3", "%3;kill-server", "%3 ", "=x", "%12345678901"})
    CHECK_FALSE(is_pane_id(each));
}
