#include "tests/support/catch.hpp"
#include "tools/worker/guests/view.hpp"
#include "tools/worker/mirror/output_parser.hpp"

#include <array>
#include <random>
#include <vterm.h>

namespace {

using namespace termlease::worker;

/// A guest's terminal: an emulator that shares no code with ours.
class terminal {
public:
  explicit terminal(extent size) : size_(size) {
    vt_ = vterm_new(static_cast<int>(size.rows), static_cast<int>(size.columns));
    vterm_set_utf8(vt_, 1);
    screen_ = vterm_obtain_screen(vt_);
    vterm_screen_reset(screen_, 1);
    show("\x1b[?7l");
  }

  ~terminal() { vterm_free(vt_); }

  terminal(const terminal&) = delete;
  terminal& operator=(const terminal&) = delete;

  void show(std::string_view bytes) { vterm_input_write(vt_, bytes.data(), bytes.size()); }

  VTermScreenCell at(std::uint32_t y, std::uint32_t x) const {
    VTermScreenCell found{};
    vterm_screen_get_cell(screen_, {static_cast<int>(y), static_cast<int>(x)}, &found);
    return found;
  }

  std::string row(std::uint32_t y) const {
    std::string text;
    for (std::uint32_t x = 0; x < size_.columns; ++x) {
      const auto found = at(y, x);
      if (found.chars[0] == 0xffffffff) continue;
      for (std::size_t each = 0; each == 0 || (each < 6 && found.chars[each] != 0); ++each)
        append_utf8(text, found.chars[each] == 0 ? ' ' : found.chars[each]);
    }
    return text.substr(0, text.find_last_not_of(' ') + 1);
  }

  place cursor() const {
    VTermPos at;
    vterm_state_get_cursorpos(vterm_obtain_state(vt_), &at);
    return {static_cast<std::uint32_t>(at.col), static_cast<std::uint32_t>(at.row)};
  }

private:
  extent size_;
  VTerm* vt_;
  VTermScreen* screen_;
};

bool same_colour(colour ours, VTermColor theirs, bool front) {
  const auto low = ours & 0xff;
  switch (ours & colour_kind_mask) {
  case 0:
    return front ? VTERM_COLOR_IS_DEFAULT_FG(&theirs) : VTERM_COLOR_IS_DEFAULT_BG(&theirs);
  case rgb_kind:
    return VTERM_COLOR_IS_RGB(&theirs) && theirs.rgb.red == ((ours >> 16) & 0xff) &&
           theirs.rgb.green == ((ours >> 8) & 0xff) && theirs.rgb.blue == low;
  default:
    return VTERM_COLOR_IS_INDEXED(&theirs) && theirs.indexed.idx == low;
  }
}

/// What differs between a pane's cell and the terminal's, of what that emulator keeps.
std::string difference(const cell& ours, const glyph_table& glyphs, const VTermScreenCell& theirs) {
  std::string text, shown;
  glyphs.append(text, ours.shape);
  for (std::size_t each = 0; each < 6 && theirs.chars[each] != 0; ++each)
    append_utf8(shown, theirs.chars[each]);
  if (shown.empty()) shown = " ";
  if (text != shown) return "'" + text + "' is shown as '" + shown + "'";
  const auto has = [&](std::uint16_t bit) { return (ours.look.attributes & bit) != 0; };
  if (has(attribute::bold) != static_cast<bool>(theirs.attrs.bold)) return "bold";
  if (has(attribute::italic) != static_cast<bool>(theirs.attrs.italic)) return "italic";
  if (has(attribute::blink) != static_cast<bool>(theirs.attrs.blink)) return "blink";
  if (has(attribute::strike) != static_cast<bool>(theirs.attrs.strike)) return "strike";
  if (has(attribute::reverse) != static_cast<bool>(theirs.attrs.reverse)) return "reverse";
  if (ours.look.attributes >> attribute::underline_shift != theirs.attrs.underline)
    return "underline";
  if (!same_colour(ours.look.front, theirs.fg, true)) return "colour of the text";
  if (!same_colour(ours.look.back, theirs.bg, false)) return "colour of the background";
  return {};
}

void require_shown(const screen& pane, const view& by, const terminal& on) {
  const auto& [origin, size] = by.shown();
  for (std::uint32_t y = 0; y < size.rows; ++y)
    for (std::uint32_t x = 0; x < size.columns; ++x) {
      const auto& ours = pane.row(origin.y + y)[origin.x + x];
      const bool cut = ours.width != 1;
      if (cut) continue; // shown whole or blank; checked by the tests on wide characters
      INFO("row " << y << " column " << x);
      REQUIRE(difference(ours, pane.glyphs(), on.at(y, x)) == "");
    }
}

std::string random_output(std::mt19937& random, extent size) {
  static constexpr std::array<std::string_view, 24> pieces{"\r\n",
                                                           "\x1b[K",
                                                           "\x1b[1K",
                                                           "\x1b[J",
                                                           "\x1b[2P",
                                                           "\x1b[3@",
                                                           "\x1b[4X",
                                                           "\x1b[L",
                                                           "\x1b[M",
                                                           "\x1b[S",
                                                           "\x1b[T",
                                                           "\x1bM",
                                                           "\x1b[m",
                                                           "\x1b[1;31m",
                                                           "\x1b[7m",
                                                           "\x1b[4;42m",
                                                           "\x1b[38;5;99m",
                                                           "\x1b[48;2;1;2;3m",
                                                           "\x1b[3;9;97m",
                                                           "\x1b[21m",
                                                           "世",
                                                           "界",
                                                           "é",
                                                           "─"};
  std::string bytes;
  for (auto left = random() % 12; left > 0; --left) {
    if (random() % 3 == 0)
      bytes += pieces[random() % pieces.size()];
    else if (random() % 3 == 0)
      bytes += "\x1b[" + std::to_string(1 + random() % size.rows) + ";" +
               std::to_string(1 + random() % size.columns) + "H";
    else
      bytes += std::string(1 + random() % 12, static_cast<char>('a' + random() % 26));
  }
  return bytes;
}

} // namespace

TEST_CASE("the differences drawn on another emulator are the pane, cell by cell") {
  std::mt19937 random(3);
  for (const extent size : {extent{8, 30}, extent{24, 80}, extent{3, 7}}) {
    screen pane(size);
    output_parser parser;
    const extent room{size.rows + 1, size.columns};
    view drawn(room, true);
    terminal shown(room);
    for (int round = 0; round < 400; ++round) {
      parser.feed(random_output(random, size), pane);
      shown.show(drawn.frame(&pane));
      require_shown(pane, drawn, shown);
      const auto cursor = pane.cursor();
      CHECK(shown.cursor().x == std::min(cursor.x, size.columns - 1));
      CHECK(shown.cursor().y == cursor.y);
    }
  }
}

TEST_CASE("a smaller terminal shows the piece around the cursor, moved only as far as needed") {
  std::mt19937 random(5);
  const extent size{20, 60};
  screen pane(size);
  output_parser parser;
  view drawn({7, 20}, false);
  terminal shown({7, 20});
  for (int round = 0; round < 400; ++round) {
    parser.feed(random_output(random, size), pane);
    const auto before = drawn.shown().origin;
    shown.show(drawn.frame(&pane));
    require_shown(pane, drawn, shown);
    const auto& [origin, piece] = drawn.shown();
    const auto x = std::min(pane.cursor().x, size.columns - 1), y = pane.cursor().y;
    REQUIRE(piece == extent{6, 20});
    REQUIRE((x >= origin.x && x < origin.x + piece.columns));
    REQUIRE((y >= origin.y && y < origin.y + piece.rows));
    if (x >= before.x && x < before.x + 20 && round > 0) REQUIRE(origin.x == before.x);
    if (y >= before.y && y < before.y + 6 && round > 0) REQUIRE(origin.y == before.y);
  }
}

TEST_CASE("a wide character that is cut off is blank") {
  screen pane({2, 8});
  output_parser parser;
  parser.feed("\x1b[41mab世cd", pane);
  view drawn({3, 3}, false);
  terminal shown({3, 3});
  parser.feed("\x1b[H", pane);
  shown.show(drawn.frame(&pane));
  CHECK(shown.row(0) == "ab");
  CHECK(shown.at(0, 2).bg.indexed.idx == 1);
  parser.feed("\x1b[1;6H", pane);
  shown.show(drawn.frame(&pane));
  CHECK(shown.row(0) == " cd");
}

TEST_CASE("nothing is drawn twice") {
  screen pane({5, 20});
  output_parser parser;
  parser.feed("hello\x1b[3;3Hworld", pane);
  view drawn({6, 20}, true);
  CHECK_FALSE(drawn.frame(&pane).empty());
  CHECK(drawn.frame(&pane).empty());
  parser.feed("!", pane);
  CHECK(drawn.frame(&pane) == "!");
  parser.feed("\x1b[H", pane);
  CHECK(drawn.frame(&pane) == "\x1b[1;1H");
}

TEST_CASE("the last row is the status line, and control characters in it are not sent") {
  screen pane({4, 20});
  view drawn({5, 12}, false);
  terminal shown({5, 12});
  drawn.set_status("lent \x1b[2J界 until noon", false);
  shown.show(drawn.frame(&pane));
  CHECK(shown.row(4) == "lent  [2J界");
  CHECK(shown.at(4, 11).attrs.reverse);
  drawn.set_status("ends soon", true);
  shown.show(drawn.frame(&pane));
  CHECK(shown.row(4) == "ends soon");
  CHECK(shown.at(4, 11).bg.indexed.idx == 1);
  CHECK(drawn.frame(&pane).empty());
}

TEST_CASE("a terminal of one row gives it to the pane, and to an alert") {
  screen pane({4, 20});
  output_parser parser;
  parser.feed("prompt", pane);
  view drawn({1, 1}, true);
  terminal shown({1, 1});
  drawn.set_status("status", false);
  shown.show(drawn.frame(&pane));
  CHECK(shown.row(0).empty());
  parser.feed("\x1b[D", pane);
  shown.show(drawn.frame(&pane));
  CHECK(shown.row(0) == "t");
  drawn.set_status("!", true);
  shown.show(drawn.frame(&pane));
  CHECK(shown.row(0) == "!");
  drawn.set_status("status", false);
  shown.show(drawn.frame(&pane));
  CHECK(shown.row(0) == "t");
}

TEST_CASE("sizes from nothing to far too much are drawn, and cost no more than the pane") {
  screen pane({3, 5});
  output_parser parser;
  parser.feed("abc", pane);
  for (const extent size :
       {extent{0, 0}, extent{1, 1}, extent{2, 1}, extent{65535, 65535}, extent{10000, 1}}) {
    view drawn({24, 80}, true);
    drawn.resize(size);
    CHECK(drawn.frame(&pane).size() < 20000);
    CHECK(drawn.shown().size.rows <= 3);
    CHECK(drawn.shown().size.columns <= 5);
  }
}

TEST_CASE("modes of the pane reach a guest who types, and nobody else") {
  screen pane({4, 20});
  output_parser parser;
  parser.feed("\x1b[?1002h\x1b=", pane);
  view types({5, 20}, true), looks({5, 20}, false);
  const auto typing = types.frame(&pane), looking = looks.frame(&pane);
  for (const auto* each : {"\x1b[?2004h", "\x1b[?1002h", "\x1b[?1006h", "\x1b="}) {
    CHECK(typing.find(each) != std::string::npos);
    CHECK(looking.find(each) == std::string::npos);
  }
  parser.feed("\x1b[?1002l", pane);
  CHECK(types.frame(&pane).find("\x1b[?1002l") != std::string::npos);
}
