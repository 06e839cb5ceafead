#include "tools/worker/mirror/output_parser.hpp"

namespace termlease::worker {

void output_parser::feed(std::string_view bytes, screen& onto) {
  while (!bytes.empty()) {
    const auto printed = state_ == state::ground ? print_run(bytes, onto) : 0;
    bytes.remove_prefix(printed);
    if (bytes.empty()) return;
    step(static_cast<unsigned char>(bytes.front()), onto);
    bytes.remove_prefix(1);
  }
}

std::size_t output_parser::print_run(std::string_view bytes, screen& onto) {
  std::size_t at = 0;
  for (; at < bytes.size(); ++at) {
    const auto byte = static_cast<unsigned char>(bytes[at]);
    if (byte < 0x20 || byte > 0x7e) break;
    print_ascii(byte, onto);
  }
  return at;
}

void output_parser::print_ascii(unsigned char byte, screen& onto) {
  utf8_missing_ = 0;
  auto look = pen_;
  if (charset_.sets[charset_.shifted]) look.attributes |= attribute::line_drawing;
  onto.print(byte, 1, look);
  last_printed_ = byte;
}

void output_parser::step(unsigned char byte, screen& onto) {
  if (state_ == state::dcs || state_ == state::dcs_escape) return step_string(byte);
  if (byte == 0x18 || byte == 0x1a) {
    control(byte, onto);
    state_ = state::ground;
    return;
  }
  if (byte == 0x1b) return begin(state::escape);
  if (state_ == state::ground) {
    if (byte < 0x20)
      control(byte, onto);
    else if (byte >= 0x80)
      utf8(byte, onto);
    return;
  }
  if (state_ >= state::osc) return step_string(byte);
  step_sequence(byte, onto);
}

void output_parser::begin(state next) {
  state_ = next;
  discard_ = false;
  intermediate_count_ = 0;
  parameter_bytes_.clear();
}

void output_parser::step_sequence(unsigned char byte, screen& onto) {
  if (state_ >= state::dcs_enter) return step_dcs(byte);
  if (byte < 0x20) return control(byte, onto);
  if (byte >= 0x7f) return;
  if (state_ >= state::csi_enter) return step_csi(byte, onto);
  if (byte < 0x30) {
    add_intermediate(byte);
    state_ = state::escape_intermediate;
    return;
  }
  const bool introduces = state_ == state::escape;
  state_ = state::ground;
  if (introduces) {
    switch (byte) {
    case 'P':
      last_printed_ = -1;
      return begin(state::dcs_enter);
    case '[':
      return begin(state::csi_enter);
    case ']':
      last_printed_ = -1;
      return begin(state::osc);
    case 'X':
    case '^':
    case '_':
    case 'k':
      last_printed_ = -1;
      return begin(state::text);
    default:
      break;
    }
  }
  if (!discard_) escape(byte, onto);
}

void output_parser::step_csi(unsigned char byte, screen& onto) {
  if (byte >= 0x40) {
    const bool understood = state_ != state::csi_ignore && !discard_;
    state_ = state::ground;
    if (understood) csi(byte, onto);
    return;
  }
  if (state_ == state::csi_ignore) return;
  if (byte < 0x30) {
    add_intermediate(byte);
    state_ = state::csi_intermediate;
  } else if (state_ != state::csi_intermediate && byte < 0x3c) {
    add_parameter(byte);
    state_ = state::csi_parameter;
  } else if (state_ == state::csi_enter) {
    add_intermediate(byte);
    state_ = state::csi_parameter;
  } else {
    state_ = state::csi_ignore;
  }
}

void output_parser::step_dcs(unsigned char byte) {
  if (byte < 0x20 || byte >= 0x7f) return;
  if (byte >= 0x40) {
    state_ = state::dcs;
  } else if (byte < 0x30) {
    state_ = state::dcs_intermediate;
  } else if (byte == ':' || state_ == state::dcs_intermediate ||
             (byte >= 0x3c && state_ == state::dcs_parameter)) {
    state_ = state::dcs_ignore;
  } else {
    state_ = state::dcs_parameter;
  }
}

void output_parser::step_string(unsigned char byte) {
  switch (state_) {
  case state::osc:
    if (byte == 0x07) state_ = state::ground;
    break;
  case state::dcs:
    if (byte == 0x1b) state_ = state::dcs_escape;
    break;
  case state::dcs_escape:
    state_ = byte == '\\' ? state::ground : state::dcs;
    break;
  default:
    break;
  }
}

void output_parser::control(unsigned char byte, screen& onto) {
  utf8_missing_ = 0;
  last_printed_ = -1;
  switch (byte) {
  case 0x08:
    return onto.backspace();
  case 0x09:
    return onto.tab();
  case 0x0a:
  case 0x0b:
  case 0x0c:
    return onto.linefeed(false, pen_.back);
  case 0x0d:
    return onto.carriage_return();
  case 0x0e:
    charset_.shifted = true;
    break;
  case 0x0f:
    charset_.shifted = false;
    break;
  default:
    break;
  }
}

void output_parser::escape(unsigned char byte, screen& onto) {
  const std::string_view between(intermediates_.data(), intermediate_count_);
  last_printed_ = -1;
  if (between == "(" || between == ")") {
    if (byte == '0' || byte == 'B') charset_.sets[between == ")"] = byte == '0';
    return;
  }
  if (between == "#" && byte == '8') return onto.alignment_test();
  if (!between.empty()) return;
  switch (byte) {
  case '7':
    return save(onto);
  case '8':
    return restore(onto);
  case '=':
    onto.change_modes().application_keypad = true;
    break;
  case '>':
    onto.change_modes().application_keypad = false;
    break;
  case 'D':
    return onto.linefeed(false, pen_.back);
  case 'E':
    onto.carriage_return();
    return onto.linefeed(false, pen_.back);
  case 'H':
    return onto.set_tab();
  case 'M':
    return onto.reverse_index(pen_.back);
  case 'c':
    pen_ = {};
    charset_ = {};
    saved_ = saved_state{};
    return onto.reset();
  default:
    break;
  }
}

void output_parser::save(const screen& from) {
  saved_ = saved_state{pen_, charset_, from.cursor(), from.modes().origin};
}

void output_parser::restore(screen& onto) {
  // What was saved before the mirror began is unknown.
  if (!saved_) {
    onto.suspect(doubt::soon);
    saved_ = saved_state{};
  }
  pen_ = saved_->look;
  charset_ = saved_->sets;
  onto.change_modes().origin = saved_->origin;
  onto.move_to(saved_->at.x, saved_->at.y, false);
}

void output_parser::utf8(unsigned char byte, screen& onto) {
  last_printed_ = -1;
  if (utf8_missing_ == 0) {
    if (byte < 0xc2 || byte > 0xf4) return onto.suspect(doubt::soon);
    utf8_bytes_.assign(1, static_cast<char>(byte));
    utf8_missing_ = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    utf8_bad_ = false;
    return;
  }
  if ((byte & 0xc0) != 0x80) utf8_bad_ = true;
  utf8_bytes_ += static_cast<char>(byte);
  if (--utf8_missing_ > 0) return;
  const auto code_point = utf8_bad_ ? std::nullopt : decode_utf8(utf8_bytes_);
  const int columns = code_point ? columns_of(*code_point) : -1;
  if (columns < 0) return onto.suspect(doubt::soon);
  if (columns == 0) onto.suspect(doubt::soon);
  onto.print(*code_point, columns, pen_);
}

void output_parser::add_intermediate(unsigned char byte) {
  if (intermediate_count_ == max_intermediates)
    discard_ = true;
  else
    intermediates_[intermediate_count_++] = static_cast<char>(byte);
}

void output_parser::add_parameter(unsigned char byte) {
  if (parameter_bytes_.size() == max_parameter_bytes)
    discard_ = true;
  else
    parameter_bytes_ += static_cast<char>(byte);
}

} // namespace termlease::worker
