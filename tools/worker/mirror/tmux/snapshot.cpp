#include "tools/worker/mirror/tmux/snapshot.hpp"

#include "tools/worker/mirror/output_parser.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace termlease::worker {

namespace {

enum field : std::size_t {
  pane_id,
  session_id,
  dead,
  width,
  height,
  cursor_x,
  cursor_y,
  alternate_on,
  saved_x,
  saved_y,
  upper,
  lower,
  cursor_on,
  insert_on,
  cursor_keys,
  keypad,
  origin_on,
  wrap_on,
  mouse_standard,
  mouse_button,
  mouse_all,
  mouse_sgr,
  mouse_utf8,
  alternate_option,
  history,
  version,
  tab_stops,
  field_count,
};

constexpr std::array<std::string_view, field_count> formats{
    "pane_id",
    "session_id",
    "pane_dead",
    "pane_width",
    "pane_height",
    "cursor_x",
    "cursor_y",
    "alternate_on",
    "alternate_saved_x",
    "alternate_saved_y",
    "scroll_region_upper",
    "scroll_region_lower",
    "cursor_flag",
    "insert_flag",
    "keypad_cursor_flag",
    "keypad_flag",
    "origin_flag",
    "wrap_flag",
    "mouse_standard_flag",
    "mouse_button_flag",
    "mouse_all_flag",
    "mouse_sgr_flag",
    "mouse_utf8_flag",
    "alternate-screen",
    "history_size",
    "version",
    "pane_tabs",
};

std::uint32_t number_of(std::string_view text) {
  std::uint32_t value = 0;
  std::from_chars(text.begin(), text.end(), value);
  return value;
}

bool is_on(std::string_view text) {
  return text == "1" || text == "on";
}

std::vector<std::uint32_t> numbers_of(std::string_view text) {
  std::vector<std::uint32_t> values;
  while (!text.empty()) {
    const auto end = std::min(text.find(','), text.size());
    values.push_back(number_of(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return values;
}

// "3.3a", "next-3.5", "openbsd-7.6": what names no release is taken for a new one.
joining joining_of(std::string_view text) {
  if (text.starts_with("next-")) text.remove_prefix(5);
  const auto dot = text.find('.');
  if (dot == text.npos || text.front() < '0' || text.front() > '9') return joining::to_cell;
  const auto major = number_of(text.substr(0, dot));
  const bool old = major < 3 || (major == 3 && number_of(text.substr(dot + 1)) < 4);
  return old ? joining::to_stream : joining::to_cell;
}

screen_modes modes_of(const std::array<std::string_view, field_count>& fields) {
  screen_modes modes;
  modes.cursor_visible = is_on(fields[cursor_on]);
  modes.insert = is_on(fields[insert_on]);
  modes.application_cursor = is_on(fields[cursor_keys]);
  modes.application_keypad = is_on(fields[keypad]);
  modes.origin = is_on(fields[origin_on]);
  modes.wrap = is_on(fields[wrap_on]);
  modes.mouse_sgr = is_on(fields[mouse_sgr]);
  modes.mouse_utf8 = is_on(fields[mouse_utf8]);
  if (is_on(fields[mouse_standard])) modes.mouse = mouse_tracking::buttons;
  if (is_on(fields[mouse_button])) modes.mouse = mouse_tracking::drags;
  if (is_on(fields[mouse_all])) modes.mouse = mouse_tracking::all;
  return modes;
}

void paint_rows(const std::vector<std::string>& rows, output_parser& parser, screen& onto) {
  const auto count = std::min<std::size_t>(rows.size(), onto.size().rows);
  for (std::uint32_t y = 0; y < count; ++y) {
    onto.place_cursor({0, y});
    parser.feed(rows[y], onto);
  }
}

} // namespace

std::string report_format() {
  std::string text = "picture";
  for (const auto each : formats) text.append(" #{").append(each).append("}");
  return text;
}

std::optional<pane_report> read_report(std::string_view text) {
  std::array<std::string_view, field_count> fields;
  if (!text.starts_with("picture ")) return {};
  text.remove_prefix(8);
  for (auto& each : fields) {
    const auto end = std::min(text.find(' '), text.size());
    each = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  pane_report report;
  report.pane = fields[pane_id];
  report.session = fields[session_id];
  report.dead = is_on(fields[dead]);
  report.size = {number_of(fields[height]), number_of(fields[width])};
  report.cursor = {number_of(fields[cursor_x]), number_of(fields[cursor_y])};
  report.alternate = is_on(fields[alternate_on]);
  report.alternate_allowed = fields[alternate_option].empty() || is_on(fields[alternate_option]);
  // tmux prints its "never saved" as the largest number.
  if (number_of(fields[saved_x]) <= report.size.columns && !fields[saved_x].empty())
    report.saved_cursor = place{number_of(fields[saved_x]), number_of(fields[saved_y])};
  report.upper = number_of(fields[upper]);
  report.lower = number_of(fields[lower]);
  report.history = number_of(fields[history]);
  report.modes = modes_of(fields);
  report.joins = joining_of(fields[version]);
  report.tabs = numbers_of(fields[tab_stops]);
  return report;
}

screen painted(const snapshot& from, const glyph_table& known) {
  const auto& report = from.report;
  screen fresh(report.size, known);
  fresh.set_joining(report.joins);
  fresh.set_captured(true);
  output_parser parser;
  parser.expect_captured_text();
  if (report.alternate) {
    paint_rows(from.saved_rows, parser, fresh);
    fresh.enter_alternate({}, false);
    fresh.guess_saved();
    parser.reset();
    parser.expect_captured_text();
  }
  paint_rows(from.rows, parser, fresh);
  fresh.set_captured(false);
  fresh.trust();
  fresh.set_region(report.upper, report.lower);
  fresh.set_tabs(report.tabs);
  fresh.set_saved_cursor(report.saved_cursor);
  fresh.set_alternate_allowed(report.alternate_allowed);
  fresh.change_modes() = report.modes;
  fresh.place_cursor(report.cursor);
  return fresh;
}

void append_unescaped(std::string& to, std::string_view escaped) {
  const auto digit = [&](std::size_t at) { return static_cast<unsigned>(escaped[at] - '0'); };
  while (!escaped.empty()) {
    const auto plain = std::min(escaped.find('\\'), escaped.size());
    to.append(escaped.substr(0, plain));
    escaped.remove_prefix(plain);
    if (escaped.empty()) return;
    if (escaped.size() >= 4 && digit(1) < 4 && digit(2) < 8 && digit(3) < 8) {
      to += static_cast<char>(digit(1) * 64 + digit(2) * 8 + digit(3));
      escaped.remove_prefix(4);
    } else {
      to += '\\';
      escaped.remove_prefix(1);
    }
  }
}

} // namespace termlease::worker
