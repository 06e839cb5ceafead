#include "tests/support/catch.hpp"
#include "tools/termlease/output/event_text.hpp"
#include "tools/termlease/output/safe_text.hpp"
#include "tools/termlease/output/style.hpp"
#include "tools/termlease/output/table.hpp"
#include "tools/termlease/output/times.hpp"

#include <sstream>

using namespace termlease::cli;
using termlease::messages::instant;
using termlease::messages::json;

TEST_CASE("text from others never reaches the terminal with a control character in it") {
  CHECK(safe("a\x1b]0;owned\x07z") == "a\\x1b]0;owned\\x07z");
  CHECK(safe("one\ntwo\r\tthree") == "one\\ntwo\\r\\tthree");
  CHECK(safe("\xc2\x9b"
             "31m") == "\\x9b31m"); // CSI as one C1 character
  CHECK(safe("\x7f") == "\\x7f");
  CHECK(safe("a\xe2\x80\xae"
             "b") == "a\\u{202e}b");                // right-to-left override
  CHECK(safe("\xe2\x80\x8b") == "\\u{200b}");       // zero width space
  CHECK(safe("bad \xff\xc3") == "bad \\xff\\xc3");  // not UTF-8
  CHECK(safe("\xc0\xaf") == "\\xc0\\xaf");          // overlong
  CHECK(safe("\xed\xa0\x80") == "\\xed\\xa0\\x80"); // a surrogate
  CHECK(safe("Grüße, 日本語 🙂") == "Grüße, 日本語 🙂");
  CHECK(safe("") == "");
}

TEST_CASE("a text's width counts columns, not bytes") {
  CHECK(width_of("demo") == 4);
  CHECK(width_of("Grüße") == 5);
  CHECK(width_of("日本語") == 6);
  CHECK(width_of("e\xcc\x81") == 1); // an accent of its own
}

TEST_CASE("columns line up, also behind wide characters, and there are no tabs") {
  table rows({"NAME", "EMPTY", "MODE"});
  rows.add({cell("日本", tone::bold), "", cell("ro", tone::good)});
  rows.add({"a\nb", "", "rw"});
  std::ostringstream plain;
  rows.print(plain, style(false));
  CHECK(plain.str() == "NAME  MODE\n"
                       "日本  ro\n"
                       "a\\nb  rw\n");
  std::ostringstream painted;
  rows.print(painted, style(true));
  CHECK_THAT(painted.str(), ContainsSubstring("\x1b[1m日本\x1b[0m  \x1b[32mro\x1b[0m\n"));
}

TEST_CASE("fields without a value are left out") {
  std::ostringstream out;
  print_fields(out, style(false), {{"mode", "read-only"}, {"reason", ""}, {"terminal", "demo"}});
  CHECK(out.str() == "mode      read-only\nterminal  demo\n");
}

TEST_CASE("colours are for terminals alone, and NO_COLOR, TERM=dumb and --no-color forbid them") {
  CHECK(wants_colour({true, false, "", "xterm"}));
  CHECK_FALSE(wants_colour({false, false, "", "xterm"}));
  CHECK_FALSE(wants_colour({true, true, "", "xterm"}));
  CHECK_FALSE(wants_colour({true, false, "1", "xterm"}));
  CHECK_FALSE(wants_colour({true, false, "", "dumb"}));
  CHECK_FALSE(wants_colour({true, false, "", ""}));
  CHECK(style(false).paint(tone::bad, "x") == "x");
  CHECK(style(true).paint(tone::plain, "x") == "x");
}

TEST_CASE("times are told from where the reader stands") {
  const instant seen{1'700'000'000'000};
  const auto later = [&](std::int64_t ms) { return instant{seen.ms + ms}; };
  CHECK(relative(later(270'000), seen) == "in 4m 30s");
  CHECK(relative(later(-120'000), seen) == "2m ago");
  CHECK(relative(later(500), seen) == "now");
  CHECK(relative({}, seen).empty());
  CHECK(time_left(later(599'200), seen) == "10m");
  CHECK(short_span({90'061'000}) == "1d 1h");
  CHECK(short_span({999}) == "0s");
  CHECK(local_time({}, seen).empty());
  CHECK(local_time(seen, seen).size() == 8);
  CHECK(local_time(later(-400'000'000), seen).size() == 16);
}

TEST_CASE("events are told in words, and unknown ones by their name") {
  CHECK(words_of("share.session.started") == "share started");
  CHECK(words_of("zmx.checkpoint\x1b") == "zmx.checkpoint\\x1b");
  CHECK(detail_of("share.guest.joined",
                  {{"guest",
                    {{"guest_id", "g1"}, {"key_fingerprint", "SHA256:x"}, {"address", "::1"}}}}) ==
        "g1, SHA256:x, ::1");
  CHECK(detail_of("share.requested", {{"share", {{"mode", "ro"}, {"reason", "look\nhere"}}},
                                      {"ttl", "10m"}}) == "ro for 10m, look\\nhere");
  CHECK(detail_of("share.session.stopped", {{"share", {{"end_reason", "revoked"}}}}) == "revoked");
  CHECK(detail_of("share.session.started",
                  {{"share", {{"mode", "ro"}, {"backend", "upterm"}, {"expires_at", "odd"}}}}) ==
        "ro via upterm, until odd");
  CHECK(detail_of("share.warned", {{"left", "5m"}}) == "in 5m");
  CHECK(detail_of("share.extended", {{"by", "15m"}, {"share", json::object()}}) == "by 15m");
  CHECK(detail_of("share.extension.denied", {{"detail", "too long"}, {"share", json::object()}}) ==
        "too long");
  CHECK(detail_of("bus.gap", {{"from", 3}, {"to", 9}}) == "3 to 9: termlease audit shows them");
  CHECK(detail_of("policy.loaded", {{"path", "/p"}, {"rules", 4}}) == "/p, 4 rules");
  CHECK(detail_of("token.created", {{"token", {{"name", "bot"}}}}) == "bot");
  CHECK(detail_of("share.snapshot", {{"shares", {1, 2}}}) == "2");
  CHECK_THAT(
      detail_of("approval.requested", {{"approval",
                                        {{"approval_id", "0190163d-8694-739b-aea5-966c26f8ad91"},
                                         {"state", "pending"},
                                         {"requested_by", "agent:bot"}}}}),
      ContainsSubstring("for agent:bot, termlease approve 26f8ad91"));
  CHECK(detail_of("share.warned", json("odd")).empty());
}
