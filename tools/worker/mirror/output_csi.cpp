#include "tools/worker/mirror/output_parser.hpp"

#include <algorithm>
#include <charconv>

namespace termlease::worker {

bool output_parser::split() {
  parameter_count_ = 0;
  std::string_view rest = parameter_bytes_;
  if (rest.empty()) return true;
  while (true) {
    const auto end = std::min(rest.find(';'), rest.size());
    const auto each = rest.substr(0, end);
    parameter parsed;
    if (each.find(':') != std::string_view::npos) {
      parsed.is = parameter::kind::text;
      parsed.text = each;
    } else if (!each.empty()) {
      parsed.is = parameter::kind::number;
      const auto [stop, error] = std::from_chars(each.begin(), each.end(), parsed.value);
      if (error != std::errc{} || parsed.value > 0x7fffffff) return false;
    }
    parameters_[parameter_count_++] = parsed;
    if (end == rest.size()) return true;
    if (parameter_count_ == max_parameters) return false;
    rest.remove_prefix(end + 1);
  }
}

std::optional<std::uint32_t> output_parser::number(std::size_t index, std::uint32_t least,
                                                   std::uint32_t otherwise) const {
  if (index >= parameter_count_) return otherwise;
  const auto& given = parameters_[index];
  if (given.is == parameter::kind::missing) return otherwise;
  if (given.is == parameter::kind::text) return {};
  return std::max(given.value, least);
}

void output_parser::csi(unsigned char byte, screen& onto) {
  if (!split()) return;
  const std::string_view between(intermediates_.data(), intermediate_count_);
  if (between == "?" && (byte == 'h' || byte == 'l'))
    private_modes(byte == 'h', onto);
  else if (between == " " && byte == 'q')
    cursor_style(onto);
  else if (between == ">" && (byte == 'c' || byte == 'm' || byte == 'n' || byte == 'q'))
    last_printed_ = -1;
  else if (!between.empty() ||
           !(csi_cursor(byte, onto) || csi_edit(byte, onto) || csi_other(byte, onto)))
    return;
  last_printed_ = -1;
}

bool output_parser::csi_cursor(unsigned char byte, screen& onto) {
  const auto n = number(0, 1, 1);
  const auto m = number(1, 1, 1);
  switch (byte) {
  case 'A':
    if (n) onto.move_up(*n);
    return true;
  case 'B':
    if (n) onto.move_down(*n);
    return true;
  case 'C':
    if (n) onto.move_right(*n);
    return true;
  case 'D':
    if (n) onto.move_left(*n);
    return true;
  case 'E':
  case 'F':
    if (!n) return true;
    onto.carriage_return();
    byte == 'E' ? onto.move_down(*n) : onto.move_up(*n);
    return true;
  case 'G':
  case '`':
    if (n) onto.move_to(*n - 1, {}, true);
    return true;
  case 'H':
  case 'f':
    if (n && m) onto.move_to(*m - 1, *n - 1, true);
    return true;
  case 'd':
    if (n) onto.move_to({}, *n - 1, true);
    return true;
  case 'Z':
    if (n) onto.back_tab(*n);
    return true;
  default:
    return false;
  }
}

bool output_parser::csi_edit(unsigned char byte, screen& onto) {
  const auto n = number(0, 1, 1);
  const auto how = number(0, 0, 0);
  const auto back = pen_.back;
  switch (byte) {
  case '@':
    if (n) onto.insert_cells(*n, back);
    return true;
  case 'J':
    if (how && *how <= 2) onto.erase_screen(static_cast<int>(*how), back);
    return true;
  case 'K':
    if (how && *how <= 2) onto.erase_line(static_cast<int>(*how), back);
    return true;
  case 'L':
    if (n) onto.insert_rows(*n, back);
    return true;
  case 'M':
    if (n) onto.delete_rows(*n, back);
    return true;
  case 'P':
    if (n) onto.delete_cells(*n, back);
    return true;
  case 'S':
    if (n) onto.scroll_up(*n, back);
    return true;
  case 'T':
    if (n) onto.scroll_down(*n, back);
    return true;
  case 'X':
    if (n) onto.erase_cells(*n, back);
    return true;
  default:
    return false;
  }
}

bool output_parser::csi_other(unsigned char byte, screen& onto) {
  switch (byte) {
  case 'b':
    if (const auto n = number(0, 1, 1)) repeat(*n, onto);
    return true;
  case 'g':
    if (const auto how = number(0, 0, 0); how && (*how == 0 || *how == 3))
      onto.clear_tab(*how == 3);
    return true;
  case 'h':
  case 'l':
    ansi_modes(byte == 'h', onto);
    return true;
  case 'm':
    select_rendition();
    return true;
  case 'r': {
    const auto upper = number(0, 1, 1);
    const auto lower = number(1, 1, onto.size().rows);
    if (upper && lower) onto.set_region(*upper - 1, *lower - 1);
    return true;
  }
  case 's':
    save(onto);
    return true;
  case 'u':
    restore(onto);
    return true;
  case 'c':
  case 'n':
  case 't':
    return true;
  default:
    return false;
  }
}

void output_parser::repeat(std::uint32_t count, screen& onto) {
  const auto room = onto.size().columns - onto.cursor().x;
  if (last_printed_ == -1) return;
  const auto byte = static_cast<unsigned char>(last_printed_);
  for (count = std::min(count, room); count > 0; --count) print_ascii(byte, onto);
}

void output_parser::ansi_modes(bool on, screen& onto) {
  for (std::size_t each = 0; each < parameter_count_; ++each)
    if (number(each, 0, 0) == 4u) onto.change_modes().insert = on;
}

void output_parser::cursor_style(screen& onto) {
  const auto style = number(0, 0, 0);
  if (!style || *style > 6) return;
  auto& modes = onto.change_modes();
  modes.cursor_shape = static_cast<std::uint8_t>(*style == 0 ? 0 : (*style - 1) / 2 * 2 + 1);
  if (*style != 0) modes.cursor_blinks = *style % 2 == 1;
}

void output_parser::private_modes(bool on, screen& onto) {
  for (std::size_t each = 0; each < parameter_count_; ++each)
    if (parameters_[each].is == parameter::kind::number)
      private_mode(parameters_[each].value, on, onto);
}

void output_parser::private_mode(std::uint32_t mode, bool on, screen& onto) {
  auto& modes = onto.change_modes();
  const auto track = [&](mouse_tracking how) { modes.mouse = on ? how : mouse_tracking::none; };
  switch (mode) {
  case 1:
    modes.application_cursor = on;
    break;
  case 3:
    onto.move_to(0, 0, true);
    onto.erase_screen(2, pen_.back);
    break;
  case 6:
    modes.origin = on;
    onto.move_to(0, 0, true);
    break;
  case 7:
    modes.wrap = on;
    break;
  case 12:
    modes.cursor_blinks = on;
    break;
  case 25:
    modes.cursor_visible = on;
    break;
  case 1000:
    track(mouse_tracking::buttons);
    break;
  case 1001:
    if (!on) track(mouse_tracking::none);
    break;
  case 1002:
    track(mouse_tracking::drags);
    break;
  case 1003:
    track(mouse_tracking::all);
    break;
  case 1005:
    modes.mouse_utf8 = on;
    break;
  case 1006:
    modes.mouse_sgr = on;
    break;
  case 47:
  case 1047:
  case 1049:
    if (on)
      onto.enter_alternate(pen_, mode == 1049);
    else if (const auto restored = onto.leave_alternate(mode == 1049))
      pen_ = *restored;
    break;
  default:
    break;
  }
}

} // namespace termlease::worker
