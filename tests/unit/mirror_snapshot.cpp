#include "tests/support/catch.hpp"
#include "tools/worker/mirror/output_parser.hpp"
#include "tools/worker/mirror/tmux/flood_gauge.hpp"
#include "tools/worker/mirror/tmux/snapshot.hpp"

using namespace termlease::worker;

namespace {

std::string text_of(const screen& shown, std::uint32_t y) {
  std::string text;
  for (const auto& each : shown.row(y)) shown.glyphs().append(text, each.shape);
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

constexpr std::string_view report =
    "picture %3 $1 0 10 3 2 1 1 4 0 0 2 1 0 1 0 0 1 0 1 0 1 0 1 1960 3.3a 8,16";

} // namespace

TEST_CASE("tmux's report on a pane is read") {
  const auto read = read_report(report);
  REQUIRE(read);
  CHECK(read->pane == "%3");
  CHECK(read->session == "$1");
  CHECK_FALSE(read->dead);
  CHECK(read->size == extent{3, 10});
  CHECK(read->cursor.x == 2);
  CHECK(read->cursor.y == 1);
  CHECK(read->alternate);
  REQUIRE(read->saved_cursor);
  CHECK(read->saved_cursor->x == 4);
  CHECK(read->modes.application_cursor);
  CHECK(read->modes.mouse == mouse_tracking::drags);
  CHECK(read->modes.mouse_sgr);
  CHECK(read->history == 1960);
  CHECK(read->tabs == std::vector<std::uint32_t>{8, 16});
  CHECK_FALSE(read_report("something else"));
  CHECK(read_report("picture ")->pane.empty());
}

TEST_CASE("a tmux joins characters as its version does") {
  const auto joins = [](const std::string& version) {
    std::string text(report);
    return read_report(text.replace(text.find("3.3a"), 4, version))->joins;
  };
  CHECK(joins("3.3a") == joining::to_stream);
  CHECK(joins("2.9") == joining::to_stream);
  CHECK(joins("3.4") == joining::to_cell);
  CHECK(joins("3.10a") == joining::to_cell);
  CHECK(joins("next-3.6") == joining::to_cell);
  CHECK(joins("openbsd-7.6") == joining::to_cell);
  CHECK(joins("master") == joining::to_cell);
}

TEST_CASE("a format asks for each thing once and in the order it is read") {
  const auto format = report_format();
  CHECK(format.starts_with("picture #{pane_id} #{session_id} #{pane_dead} #{pane_width} "));
  CHECK(format.ends_with(" #{pane_tabs}"));
}

TEST_CASE("a snapshot is painted with what the alternate screen hides") {
  snapshot taken;
  taken.report = *read_report(report);
  taken.saved_rows = {"main", "", ""};
  taken.rows = {"\x1b[31mred", "still\x1b[0m \x0eq\x0f", "\x1b[5:3mover"};
  auto shown = painted(taken, {});
  CHECK(text_of(shown, 0) == "red");
  CHECK(shown.row(1)[0].look.front == basic_colour(1));
  CHECK(shown.row(1)[6].look.attributes == attribute::line_drawing);
  CHECK(shown.row(2)[0].look.attributes == attribute::overline);
  CHECK(shown.cursor().x == 2);
  CHECK(shown.suspicion() == doubt::none);
  output_parser parser;
  parser.feed("\x1b[?1049l", shown);
  CHECK(text_of(shown, 0) == "main");
  CHECK(shown.cursor().x == 4);
  CHECK(shown.suspicion() == doubt::now); // the main screen may have had another size
}

TEST_CASE("a later snapshot keeps the colours of erased cells and the numbers of clusters") {
  screen shown({2, 6});
  output_parser parser;
  parser.feed("\x1b[44mab\x1b[Ke\xcc\x81", shown);
  snapshot taken;
  taken.report.size = {2, 6};
  taken.report.lower = 1;
  taken.rows = {"\x1b[44mabe\xcc\x81", ""};
  auto fresh = painted(taken, shown.glyphs());
  shown.lend_erased_colours(fresh);
  CHECK(fresh.row(0)[5].look.back == basic_colour(4));
  CHECK(fresh.row(0)[2].shape == shown.row(0)[2].shape);
  const auto epoch = shown.epoch();
  shown.replace_by(std::move(fresh));
  CHECK(shown.epoch() == epoch);
}

TEST_CASE("a full-screen program's background reaches the edge, and a coloured word's does not") {
  const auto first = [](std::vector<std::string> rows) {
    snapshot taken;
    taken.report.size = {5, 10};
    taken.report.lower = 4;
    taken.rows = std::move(rows);
    auto shown = painted(taken, {});
    shown.extend_background(shown.common_background());
    return shown;
  };
  const auto theme = first({"\x1b[44mone", "two", "~", "", "0123456789"});
  CHECK(theme.row(0)[9].look.back == basic_colour(4));
  CHECK(theme.row(3)[0].look.back == basic_colour(4));
  const auto words = first({"\x1b[44mone\x1b[0m", "two", "three", "\x1b[44mfour\x1b[0m", ""});
  CHECK(words.row(0)[9].look.back == default_colour);
  CHECK(words.row(4)[0].look.back == default_colour);
}

TEST_CASE("octal escapes are undone and nothing else is touched") {
  std::string plain;
  append_unescaped(plain, "a\\033[1m\\134n\\015\\012\\377 \\9 \\01");
  CHECK(plain == "a\x1b[1m\\n\r\n\xff \\9 \\01");
}

TEST_CASE("a screenful is followed and a flood is not") {
  flood_gauge gauge;
  flood_gauge::time_point now{std::chrono::hours(1)};
  CHECK_FALSE(gauge.overflows(16000, now));
  CHECK(gauge.overflows(1000, now));
  now += std::chrono::milliseconds(100);
  CHECK_FALSE(gauge.overflows(16000, now));
}

TEST_CASE("a flood that goes on is looked at less often, until it is over") {
  using std::chrono::milliseconds;
  flood_gauge gauge;
  flood_gauge::time_point now{std::chrono::hours(1)};
  const auto next = [&](milliseconds until_overflow) {
    now += until_overflow;
    CHECK(gauge.overflows(20000, now));
    const auto step = gauge.paused(now);
    now += step;
    gauge.resumed(now);
    return step.count();
  };
  CHECK(next(milliseconds(0)) == 16);
  CHECK(next(milliseconds(1)) == 32);
  CHECK(next(milliseconds(1)) == 32);
  CHECK(next(milliseconds(100)) == 16);
  CHECK_FALSE(gauge.overflows(2000, now));
  CHECK(gauge.overflows(100, now));
}
