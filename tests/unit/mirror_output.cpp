#include "tests/support/catch.hpp"
#include "tools/worker/mirror/output_parser.hpp"

#include <random>

namespace {

using namespace termlease::worker;

/// A pane of 5 rows and 10 columns.
struct pane {
  screen shown{{5, 10}};
  output_parser parser;

  explicit pane(std::string_view output = {}) { parser.feed(output, shown); }

  std::string row(std::uint32_t y) const {
    std::string text;
    for (const auto& each : shown.row(y))
      if (each.width != 0) shown.glyphs().append(text, each.shape);
    return text.substr(0, text.find_last_not_of(' ') + 1);
  }

  const cell& at(std::uint32_t y, std::uint32_t x) const { return shown.row(y)[x]; }
};

std::string rows_of(std::string_view output) {
  const pane shown(output);
  std::string text;
  for (std::uint32_t y = 0; y < 5; ++y) text += shown.row(y) + "|";
  return text;
}

} // namespace

TEST_CASE("text wraps, scrolls and is erased as in tmux") {
  CHECK(rows_of("0123456789ab") == "0123456789|ab||||");
  CHECK(rows_of("1\r\n2\r\n3\r\n4\r\n5\r\n6") == "2|3|4|5|6|");
  CHECK(rows_of("\x1b[2;3r\x1b[2Ha\r\nb\r\nc") == "|b|c|||");
  CHECK(rows_of("abcdef\x1b[4D\x1b[2P") == "abef|||||");
  CHECK(rows_of("abcdef\x1b[4D\x1b[2@") == "ab  cdef|||||");
  CHECK(rows_of("abcdef\x1b[4D\x1b[2X") == "ab  ef|||||");
  CHECK(rows_of("abcdef\x1b[3D\x1b[1K") == "    ef|||||");
  CHECK(rows_of("a\r\nb\r\nc\x1b[2H\x1b[L") == "a||b|c||");
  CHECK(rows_of("a\r\nb\r\nc\x1b[H\x1b[M") == "b|c||||");
  CHECK(rows_of("ab\x1b[3bc") == "abbbbc|||||");
  CHECK(rows_of("a\tb") == "a       b|||||");
  CHECK(rows_of("ab\x1b[4h\rX") == "Xab|||||");
  CHECK(rows_of("\x1b#8").starts_with("EEEEEEEEEE|EEEEEEEEEE|"));
  CHECK(rows_of("\x1b[?7l0123456789abc") == "012345678c|||||");
}

TEST_CASE("what tmux keeps to itself is not drawn") {
  CHECK(rows_of("a\x1bkname\x1b\\b") == "ab|||||");
  CHECK(rows_of("a\x1b]0;name\x07"
                "b\x1b]52;c;AAAA\x1b\\c") == "abc|||||");
  CHECK(rows_of("a\x1bPtmux;\x1b\x1b]0;x\x07\x1b\\b") == "ab|||||");
  CHECK(rows_of("a\x1b_private\x1b\\b\x1b^message\x1b\\c\x1bXstring\x1b\\d") == "abcd|||||");
  CHECK(rows_of("a\x1b[6n\x1b[c\x1b[>c\x1b[>q\x1b[18t\x1b[?1$p"
                "b") == "ab|||||");
  CHECK(rows_of("a\x1b[99999999999999mb\x1b[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;19;20;21;"
                "22;23;24mc") == "abc|||||");
}

TEST_CASE("characters take the columns that they take in tmux") {
  const pane wide("世x");
  CHECK(wide.at(0, 0).width == 2);
  CHECK(wide.at(0, 1).width == 0);
  CHECK(wide.at(0, 2).shape == 'x');
  const pane accent("e\xcc\x81x");
  CHECK(accent.row(0) == "e\xcc\x81x");
  CHECK(accent.at(0, 1).shape == 'x');
  const pane family("👩‍💻x");
  CHECK(family.row(0) == "👩‍💻x");
  CHECK(family.at(0, 2).shape == 'x');
  CHECK(rows_of("012345678世") == "012345678|世||||");
  CHECK(rows_of("世\rx") == "x|||||");
  CHECK(rows_of("a\xff\xc3"
                "b") == "ab|||||");
}

TEST_CASE("line drawing keeps its letter and its attribute") {
  const pane box("\x1b(0lqk\x1b(Bq");
  CHECK(box.at(0, 0).shape == 'l');
  CHECK(box.at(0, 0).look.attributes == attribute::line_drawing);
  CHECK(box.at(0, 3).look.attributes == 0);
}

TEST_CASE("every attribute and colour form has its own value") {
  const auto look = [](std::string_view parameters) {
    return pane("\x1b[" + std::string(parameters) + "mx").at(0, 0).look;
  };
  CHECK(look("1").attributes == attribute::bold);
  CHECK(look("2").attributes == attribute::dim);
  CHECK(look("8").attributes == attribute::hidden);
  CHECK(look("53").attributes == attribute::overline);
  CHECK(look("1;2;22").attributes == 0);
  CHECK(look("4").attributes == 1 << attribute::underline_shift);
  CHECK(look("21").attributes == 2 << attribute::underline_shift);
  CHECK(look("4:3").attributes == 3 << attribute::underline_shift);
  CHECK(look("4:5;24").attributes == 0);
  CHECK(look("31").front == basic_colour(1));
  CHECK(look("97").front == basic_colour(15));
  CHECK(look("104").back == basic_colour(12));
  CHECK(look("38;5;200").front == indexed_colour(200));
  CHECK(look("38;5;300").front == default_colour);
  CHECK(look("48;2;1;2;3").back == rgb_colour(1, 2, 3));
  CHECK(look("38:2::1:2:3").front == rgb_colour(1, 2, 3));
  CHECK(look("38:2:1:2:3").front == rgb_colour(1, 2, 3));
  CHECK(look("58:5:9").line == indexed_colour(9));
  CHECK(look("31;0;2") == look("2"));
  CHECK(look("38;2;1;2;999;1") == look("1;2;1")); // what follows a broken colour counts
}

TEST_CASE("the alternate screen hides the main one and gives it back") {
  pane shown("main\x1b[?1049h\x1b[Hother");
  CHECK(shown.row(0) == "other");
  CHECK(shown.shown.alternate());
  shown.parser.feed("\x1b[?1049l", shown.shown);
  CHECK(shown.row(0) == "main");
  CHECK(shown.shown.cursor().x == 4);
}

TEST_CASE("modes of the pane are known") {
  const pane shown("\x1b[?1h\x1b=\x1b[?1002h\x1b[?1006h\x1b[?25l\x1b[5 q");
  const auto& modes = shown.shown.modes();
  CHECK(modes.application_cursor);
  CHECK(modes.application_keypad);
  CHECK(modes.mouse == mouse_tracking::drags);
  CHECK(modes.mouse_sgr);
  CHECK_FALSE(modes.cursor_visible);
  CHECK(modes.cursor_shape == 5);
  CHECK(modes.cursor_blinks);
}

TEST_CASE("what can't be known asks for a new snapshot") {
  CHECK(pane("plain \x1b[31mred").shown.suspicion() == doubt::none);
  CHECK(pane("\x1b"
             "8")
            .shown.suspicion() == doubt::soon);
  CHECK(pane("\xff").shown.suspicion() == doubt::soon);
}

TEST_CASE("the parts of an emoji share a cell as the version of tmux has it") {
  constexpr std::string_view coder = "\U0001f469\u200d\U0001f4bb";
  constexpr std::string_view thumb = "\U0001f44d\U0001f3fd";
  const auto width = [](joining how, std::string_view printed) {
    screen shown({2, 10});
    shown.set_joining(how);
    output_parser().feed(std::string(printed), shown);
    return shown.cursor().x;
  };
  CHECK(width(joining::to_stream, coder) == 2);
  CHECK(width(joining::to_cell, coder) == 2);
  CHECK(width(joining::to_stream, thumb) == 4);
  CHECK(width(joining::to_cell, thumb) == 2);
  CHECK(width(joining::to_stream, "\u2764\ufe0f") == 1);
  CHECK(width(joining::to_cell, "\u2764\ufe0f") == 2);
  CHECK(width(joining::to_cell, "\u2764\u200dx") == 2);
  CHECK(width(joining::to_cell, "\u200d\ufe0f\u0301") == 0);
  CHECK(width(joining::to_cell, "x\U0001f3fd") == 3);
  CHECK(width(joining::to_cell, "123456789\u2764\ufe0f") == 10);
}

TEST_CASE("a mark is joined to the cell before the cursor, wherever that came from") {
  screen shown({2, 10});
  shown.set_joining(joining::to_cell);
  output_parser parser;
  parser.feed("ab\x1b[1;2H\u0301", shown);
  std::string text;
  shown.glyphs().append(text, shown.row(0)[0].shape);
  CHECK(text == "a\u0301");
}

TEST_CASE("no output can break a screen, and clusters don't pile up") {
  std::mt19937 random(11);
  const std::string_view alphabet =
      "0123456789;;:?>[]()#hlmrHJKLMPSTX@ABCDbdgsu7Mc\n\r\t\b\x1b\x1b\x0e\xe4\xb8\x96";
  for (const extent size : {extent{1, 1}, extent{2, 3}, extent{5, 10}}) {
    screen shown(size);
    output_parser parser;
    for (int round = 0; round < 4000; ++round) {
      std::string bytes = "\x1b[";
      for (auto left = random() % 12; left > 0; --left)
        bytes += alphabet[random() % alphabet.size()];
      parser.feed(bytes, shown);
    }
    CHECK(shown.cursor().x <= size.columns);
    CHECK(shown.cursor().y < size.rows);
  }
  screen shown({2, 4});
  output_parser parser;
  for (std::uint32_t each = 0; each < 50000; ++each) {
    std::string cluster = "\ra";
    append_utf8(cluster, 0x300 + each % 0x60);
    append_utf8(cluster, 0x300 + each / 0x60 % 0x60);
    append_utf8(cluster, 0x300 + each / 0x60 / 0x60 % 0x60);
    parser.feed(cluster, shown);
  }
  CHECK(shown.glyphs().clusters() <= 8192);
}
