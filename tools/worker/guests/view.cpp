#include "tools/worker/guests/view.hpp"

#include <algorithm>
#include <utility>

namespace termlease::worker {

namespace {

constexpr std::uint32_t worth_moving = 4; ///< unchanged cells that are cheaper to skip than to draw
constexpr std::uint32_t worth_erasing = 8;
constexpr std::string_view no_modes =
    "\x1b[?2004l\x1b>\x1b[?1003l\x1b[?1002l\x1b[?1000l\x1b[?1006l";
constexpr std::size_t worth_hiding_the_cursor = 256; ///< bytes that it would be seen to run through

extent clamped(extent size) {
  return {std::clamp(size.rows, 1u, max_guest_side), std::clamp(size.columns, 1u, max_guest_side)};
}

// Where the piece begins: it moves only as far as the cursor makes it.
std::uint32_t follow_one(std::uint32_t begin, std::uint32_t length, std::uint32_t whole,
                         std::uint32_t at) {
  if (at < begin) begin = at;
  if (at >= begin + length) begin = at - length + 1;
  return std::min(begin, whole - length);
}

bool is_blank(const cell& one) {
  return one == cell{};
}

// Text that fits `columns`, and how many of them it fills. Control characters become spaces.
std::string fitted(std::string_view text, std::uint32_t columns, std::uint32_t& filled) {
  std::string out;
  filled = 0;
  while (!text.empty()) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    const auto code_point = decode_utf8(text.substr(0, std::min(length, text.size())));
    const int width = code_point && *code_point >= 0x20 ? columns_of(*code_point) : -1;
    const auto needed = static_cast<std::uint32_t>(width < 0 ? 1 : width);
    if (filled + needed > columns) break;
    if (width < 0)
      out += ' ';
    else
      append_utf8(out, *code_point);
    filled += needed;
    text.remove_prefix(code_point ? length : 1);
  }
  return out;
}

} // namespace

view::view(extent terminal, bool interactive)
    : terminal_(clamped(terminal)), interactive_(interactive) {}

void view::resize(extent terminal) {
  terminal_ = clamped(terminal);
  all_ = true;
}

void view::set_interactive(bool interactive) {
  if (interactive_ == interactive) return;
  interactive_ = interactive;
  modes_left_ = !interactive && modes_known_;
  modes_known_ = false;
}

void view::set_status(std::string text, bool alert) {
  // With one row only an alert takes it from the pane.
  if (terminal_.rows == 1 && alert != alert_) all_ = true;
  status_ = std::move(text);
  alert_ = alert;
  status_drawn_ = false;
}

std::string view::frame(const screen* picture) {
  if (has_picture_ != (picture != nullptr)) all_ = true;
  has_picture_ = picture != nullptr;
  if (picture) follow(*picture);
  if (all_) {
    out_.forget();
    out_.raw("\x1b[?25l");
    modes_drawn_.cursor_visible = false;
    out_.clear();
    if (!picture && std::exchange(forgets_, false)) out_.raw("\x1b[3J");
    const auto cells = picture ? std::size_t{shown_.size.rows} * shown_.size.columns : 0;
    drawn_.assign(cells, {});
    drawn_.shrink_to_fit();
    stamps_.assign(picture ? shown_.size.rows : 0, 0);
    status_drawn_ = false;
    all_ = false;
  }
  if (picture) draw_rows(*picture);
  if (out_.size() > worth_hiding_the_cursor && modes_drawn_.cursor_visible) {
    out_.precede("\x1b[?25l");
    modes_drawn_.cursor_visible = false;
  }
  if (!status_drawn_ && status_shown()) draw_status();
  status_drawn_ = true;
  draw_cursor(picture);
  if (std::exchange(modes_left_, false)) out_.raw(no_modes);
  if (picture && interactive_) draw_modes(picture->modes());
  return out_.take();
}

void view::follow(const screen& picture) {
  const auto whole = picture.size();
  const auto rows = terminal_.rows - (status_shown() ? 1 : 0);
  const extent size{std::min(std::max(rows, 0u), whole.rows),
                    std::min(terminal_.columns, whole.columns)};
  auto origin = shown_.origin;
  if (size.rows > 0) {
    const auto cursor = picture.cursor();
    origin.y =
        follow_one(std::min(origin.y, whole.rows - size.rows), size.rows, whole.rows, cursor.y);
    origin.x = follow_one(std::min(origin.x, whole.columns - size.columns), size.columns,
                          whole.columns, std::min(cursor.x, whole.columns - 1));
  }
  if (size != shown_.size || epoch_ != picture.epoch()) all_ = true;
  if (origin.x != shown_.origin.x || origin.y != shown_.origin.y)
    std::ranges::fill(stamps_, row_stamp{0});
  shown_ = {origin, size};
  epoch_ = picture.epoch();
}

void view::draw_rows(const screen& picture) {
  for (std::uint32_t row = 0; row < shown_.size.rows; ++row) {
    const auto stamp = picture.stamp(shown_.origin.y + row);
    if (stamps_[row] == stamp) continue;
    draw_row(picture, row);
    stamps_[row] = stamp;
  }
}

void view::draw_row(const screen& picture, std::uint32_t row) {
  const auto columns = shown_.size.columns;
  const auto source = picture.row(shown_.origin.y + row).subspan(shown_.origin.x, columns);
  wanted_.assign(source.begin(), source.end());
  // Halves of wide glyphs that are cut off, here or by the pane's program, are blank.
  for (std::uint32_t x = 0; x < columns; ++x) {
    auto& one = wanted_[x];
    const bool whole = one.width == 2 && x + 1 < columns && wanted_[x + 1].width == 0;
    if (one.width == 1 || whole) {
      x += whole ? 1 : 0;
      continue;
    }
    one.shape = ' ';
    one.width = 1;
  }
  const auto shown = drawn_.begin() + std::ptrdiff_t{row} * columns;
  auto blank_from = columns;
  while (blank_from > 0 && is_blank(wanted_[blank_from - 1])) --blank_from;
  std::uint32_t at = columns; ///< where the terminal's cursor is in this row
  for (std::uint32_t x = 0; x < columns; ++x) {
    if (wanted_[x] == shown[x] || wanted_[x].width == 0) continue;
    if (x >= blank_from && columns - x >= worth_erasing) {
      out_.move(x, row);
      out_.erase_rest();
      break;
    }
    const bool near = x > at && x - at <= worth_moving;
    for (; near && at < x; ++at) {
      if (wanted_[at].width == 0) continue;
      out_.move(at, row);
      out_.put(wanted_[at], picture.glyphs());
    }
    out_.move(x, row);
    out_.put(wanted_[x], picture.glyphs());
    at = x + wanted_[x].width;
  }
  std::copy(wanted_.begin(), wanted_.end(), shown);
}

void view::draw_status() {
  pen look;
  look.attributes = attribute::reverse;
  if (alert_) look = {basic_colour(15), basic_colour(1), default_colour, attribute::bold};
  std::uint32_t filled = 0;
  const auto text = fitted(status_, terminal_.columns, filled);
  out_.move(0, terminal_.rows - 1);
  out_.text(text + std::string(terminal_.columns - filled, ' '), look);
}

void view::draw_cursor(const screen* picture) {
  bool visible = false;
  place at = cursor_drawn_;
  if (picture && shown_.size.rows > 0) {
    const auto cursor = picture->cursor();
    at = {std::min(cursor.x, picture->size().columns - 1) - shown_.origin.x,
          cursor.y - shown_.origin.y};
    visible = picture->modes().cursor_visible;
  }
  const bool drew = !out_.empty();
  if (visible && (drew || at.x != cursor_drawn_.x || at.y != cursor_drawn_.y)) {
    out_.use({});
    out_.move(at.x, at.y);
    cursor_drawn_ = at;
  }
  if (visible != modes_drawn_.cursor_visible) out_.raw(visible ? "\x1b[?25h" : "\x1b[?25l");
  modes_drawn_.cursor_visible = visible;
  if (!picture) return;
  const auto& modes = picture->modes();
  if (modes.cursor_shape != modes_drawn_.cursor_shape ||
      modes.cursor_blinks != modes_drawn_.cursor_blinks) {
    const int style = modes.cursor_shape == 0 ? 0 : modes.cursor_shape + !modes.cursor_blinks;
    out_.raw("\x1b[" + std::to_string(style) + " q");
    modes_drawn_.cursor_shape = modes.cursor_shape;
    modes_drawn_.cursor_blinks = modes.cursor_blinks;
  }
}

void view::draw_modes(const screen_modes& modes) {
  if (!modes_known_) out_.raw("\x1b[?2004h");
  if (!modes_known_ || modes.application_keypad != modes_drawn_.application_keypad)
    out_.raw(modes.application_keypad ? "\x1b=" : "\x1b>");
  if (!modes_known_ || modes.mouse != modes_drawn_.mouse) {
    out_.raw("\x1b[?1003l\x1b[?1002l\x1b[?1000l\x1b[?1006l");
    if (modes.mouse == mouse_tracking::buttons) out_.raw("\x1b[?1000h\x1b[?1006h");
    if (modes.mouse == mouse_tracking::drags) out_.raw("\x1b[?1002h\x1b[?1006h");
    if (modes.mouse == mouse_tracking::all) out_.raw("\x1b[?1003h\x1b[?1006h");
  }
  modes_drawn_.application_keypad = modes.application_keypad;
  modes_drawn_.mouse = modes.mouse;
  modes_known_ = true;
}

} // namespace termlease::worker
