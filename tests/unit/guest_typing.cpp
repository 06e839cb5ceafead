#include "tests/support/catch.hpp"
#include "tools/worker/guests/pace.hpp"
#include "tools/worker/guests/typing.hpp"

using namespace termlease::worker;

namespace {

struct recorder final : typing_sink {
  void keys(std::string_view bytes) override { text += bytes; }

  void paste(std::string_view body) override { text += "<" + std::string(body) + ">"; }

  void paste_too_large() override { text += "<too large>"; }

  std::string text;
};

const window_on_pane whole{{0, 0}, {24, 80}};

struct keyboard {
  recorder heard;
  typing keys;
  screen_modes modes;
  window_on_pane shown = whole;

  keyboard& press(std::string_view bytes) {
    keys.feed(bytes, shown, modes, heard);
    return *this;
  }

  std::string text() const { return heard.text; }
};

} // namespace

TEST_CASE("keys go on as they are and at once") {
  CHECK(keyboard().press("hello\r\x03\xe4\xb8\x96").text() == "hello\r\x03\xe4\xb8\x96");
  CHECK(keyboard().press("\x1b").text() == "\x1b");
  CHECK(keyboard().press("\x1b").press("j").text() == "\x1bj");
  CHECK(keyboard().press("\x1bx\x1b\x1b[A").text() == "\x1bx\x1b\x1b[A");
  CHECK(keyboard().press("\x1bOP\x1b[15~\x1b[1;5C").text() == "\x1bOP\x1b[15~\x1b[1;5C");
}

TEST_CASE("cursor keys read as tmux writes them") {
  CHECK(keyboard().press("\x1bOA\x1b[H\x1bOF").text() == "\x1b[A\x1b[1~\x1b[4~");
  keyboard application;
  application.modes.application_cursor = true;
  CHECK(application.press("\x1b[A\x1bOD").text() == "\x1bOA\x1bOD");
}

TEST_CASE("a paste is told apart however its bytes are cut") {
  const std::string_view bytes = "a\x1b[200~two\nlines\x1b[20x\x1b[201~b";
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    keyboard cutting;
    cutting.press(bytes.substr(0, cut)).press(bytes.substr(cut));
    const bool split_escape = cut == 2; // an Escape is passed on, also this one
    CHECK(cutting.text() == std::string(split_escape ? "a\x1b" : "a") + "<two\nlines\x1b[20x>b");
    CHECK_FALSE(cutting.keys.holding());
  }
  keyboard single;
  for (const auto each : bytes) single.press({&each, 1});
  single.keys.flush(single.heard);
  CHECK(single.text().ends_with(">b"));
}

TEST_CASE("what may begin a paste is held back only until nothing follows") {
  keyboard held;
  held.press("\x1b[");
  CHECK(held.text().empty());
  CHECK(held.keys.holding());
  held.keys.flush(held.heard);
  CHECK(held.text() == "\x1b[");
  CHECK_FALSE(held.keys.holding());
  CHECK(keyboard().press("\x1b[" + std::string(typing::max_sequence, '1')).text().size() == 34);
}

TEST_CASE("a paste that is too large is left out whole, and the keys after it are not") {
  keyboard full;
  full.press("\x1b[200~");
  for (int each = 0; each < 300; ++each) full.press(std::string(4096, 'x'));
  full.press("\x1b[201~ok");
  CHECK(full.text() == "<too large>ok");
}

TEST_CASE("a paste that never ends is passed on when its guest goes silent") {
  keyboard silent;
  silent.press("\x1b[200~abc");
  CHECK(silent.keys.holding());
  silent.keys.flush(silent.heard);
  CHECK(silent.text() == "<abc>");
}

TEST_CASE("mouse reports speak of the pane, and those beside it are dropped") {
  keyboard mouse;
  CHECK(mouse.press("\x1b[<0;3;4M").text().empty()); // nobody asked for it
  mouse.modes.mouse = mouse_tracking::drags;
  mouse.modes.mouse_sgr = true;
  mouse.shown = {{10, 5}, {20, 40}};
  mouse.press("\x1b[<0;3;4M\x1b[<0;3;4m\x1b[<32;40;20M");
  CHECK(mouse.text() == "\x1b[<0;13;9M\x1b[<0;13;9m\x1b[<32;50;25M");
  mouse.heard.text.clear();
  mouse.press("\x1b[<0;41;4M\x1b[<0;3;21M\x1b[<0;0;1M\x1b[<35;3;4M\x1b[<1;2M\x1b[<"
              "99999999999;1;1M");
  CHECK(mouse.text().empty());
}

TEST_CASE("programs with older mouse modes get older reports") {
  screen_modes modes;
  modes.mouse = mouse_tracking::buttons;
  CHECK(mouse_report("0;1;1", false, whole, modes) == "\x1b[M !!");
  CHECK(mouse_report("0;1;1", true, whole, modes) == "\x1b[M#!!");
  CHECK(mouse_report("32;1;1", false, whole, modes).empty());
  CHECK(mouse_report("64;1;1", false, whole, modes) == "\x1b[M`!!");
  modes.mouse_utf8 = true;
  CHECK(mouse_report("0;80;1", false, {{200, 0}, {24, 80}}, modes) == "\x1b[M \xc4\xb8!");
}

TEST_CASE("an echo is drawn at once, and what no key asked for a moment later") {
  using namespace std::chrono_literals;
  pace::time_point now{1h};
  pace steps;
  for (int key = 0; key < 100; ++key, now += 1ms) {
    steps.typed(now);
    steps.changed(10, now);
    CHECK(steps.wait(now, false) == 0ms);
    steps.drew(now);
  }
  now += pace::answer_time + 1ms;
  steps.changed(10, now);
  CHECK(steps.wait(now, false) == pace::lead);
  steps.changed(10, now + 5ms);
  CHECK(steps.wait(now + 5ms, false) == pace::lead - 5ms);
}

TEST_CASE("much output is drawn in steps, and a flood now and then, also one that a key began") {
  using namespace std::chrono_literals;
  pace::time_point now{1h};
  pace steps;
  steps.typed(now);
  steps.changed(pace::much_output, now);
  CHECK(steps.wait(now, false) == pace::lead);
  steps.drew(now);
  steps.changed(pace::much_output, now);
  CHECK(steps.wait(now, false) == pace::step);
  CHECK(steps.wait(now, true) == pace::flood_step);
  CHECK(steps.wait(now + pace::flood_step, true) == 0ms);
}
