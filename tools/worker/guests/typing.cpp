#include "tools/worker/guests/typing.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace termlease::worker {

namespace {

constexpr std::string_view paste_begin = "\x1b[200~";
constexpr std::string_view paste_end = "\x1b[201~";

constexpr std::uint32_t mouse_motion = 32, mouse_buttons = 3, mouse_wheel = 64;
constexpr std::uint32_t mouse_offset = 32, mouse_most_bytes = 255, mouse_most_utf8 = 2047;

// The length of the control sequence at the beginning of `text`; nothing while it is unfinished.
std::optional<std::size_t> sequence_length(std::string_view text) {
  for (std::size_t at = 2; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= 0x40 && byte <= 0x7e) return at + 1;
    if (byte < 0x20 || byte > 0x7e) return at;
  }
  return {};
}

// Cursor keys as tmux sends them, whichever way the guest's terminal does.
std::string_view plain_key(std::string_view text, bool application_cursor) {
  if (text.size() != 3 || (text[1] != '[' && text[1] != 'O')) return text;
  static constexpr std::array<std::array<std::string_view, 2>, 4> arrows{
      {{"\x1b[A", "\x1bOA"}, {"\x1b[B", "\x1bOB"}, {"\x1b[C", "\x1bOC"}, {"\x1b[D", "\x1bOD"}}};
  switch (text[2]) {
  case 'A':
  case 'B':
  case 'C':
  case 'D':
    return arrows[static_cast<std::size_t>(text[2] - 'A')][application_cursor];
  case 'H':
    return "\x1b[1~";
  case 'F':
    return "\x1b[4~";
  default:
    return text;
  }
}

std::optional<std::array<std::uint32_t, 3>> three_numbers(std::string_view text) {
  std::array<std::uint32_t, 3> values{};
  for (auto& each : values) {
    const auto [end, error] = std::from_chars(text.begin(), text.end(), each);
    if (error != std::errc{}) return {};
    text.remove_prefix(static_cast<std::size_t>(end - text.begin()));
    if (&each != &values.back()) {
      if (!text.starts_with(';')) return {};
      text.remove_prefix(1);
    }
  }
  return text.empty() ? std::optional(values) : std::nullopt;
}

} // namespace

std::string mouse_report(std::string_view report, bool released, const window_on_pane& shown,
                         const screen_modes& modes) {
  const auto parts = three_numbers(report);
  if (!parts || modes.mouse == mouse_tracking::none) return {};
  const auto [buttons, column, row] = *parts;
  if (column == 0 || row == 0 || column > shown.size.columns || row > shown.size.rows) return {};
  const bool moves = buttons & mouse_motion;
  const bool holds = (buttons & mouse_buttons) != mouse_buttons;
  if (moves && modes.mouse == mouse_tracking::buttons) return {};
  if (moves && !holds && modes.mouse != mouse_tracking::all) return {};
  const auto x = column + shown.origin.x;
  const auto y = row + shown.origin.y;
  if (modes.mouse_sgr)
    return "\x1b[<" + std::to_string(buttons) + ";" + std::to_string(x) + ";" + std::to_string(y) +
           (released ? "m" : "M");
  // The older forms don't say which button was released.
  const auto old = released && !(buttons & mouse_wheel) ? buttons | mouse_buttons : buttons;
  const auto most = modes.mouse_utf8 ? mouse_most_utf8 : mouse_most_bytes;
  if (old + mouse_offset > most) return {};
  std::string bytes = "\x1b[M";
  for (const auto value : {old, x, y}) {
    const auto coded = std::min(value + mouse_offset, most);
    if (modes.mouse_utf8)
      append_utf8(bytes, coded);
    else
      bytes += static_cast<char>(coded);
  }
  return bytes;
}

void typing::feed(std::string_view bytes, const window_on_pane& shown, const screen_modes& modes,
                  typing_sink& sink) {
  std::string joined;
  if (!held_.empty()) {
    joined = std::exchange(held_, {});
    joined.append(bytes);
    bytes = joined;
  }
  if (escape_passed_ && !pasting_) {
    // An Escape that ended the bytes before was not held back, whatever it begins.
    const auto rest = paste_begin.substr(1);
    if (rest.starts_with(bytes) && bytes.size() < rest.size()) {
      held_ = bytes;
      return;
    }
    pasting_ = bytes.starts_with(rest);
    if (pasting_) bytes.remove_prefix(rest.size());
    escape_passed_ = false;
  }
  while (!bytes.empty()) {
    if (pasting_)
      take_paste(bytes, sink);
    else
      take_keys(bytes, shown, modes, sink);
  }
  if (!keys_.empty()) sink.keys(keys_);
  keys_.clear();
}

void typing::take_keys(std::string_view& bytes, const window_on_pane& shown,
                       const screen_modes& modes, typing_sink& sink) {
  const auto plain = std::min(bytes.find('\x1b'), bytes.size());
  keys_.append(bytes.substr(0, plain));
  bytes.remove_prefix(plain);
  escape_passed_ = bytes.size() == 1;
  if (bytes.size() < 2 || (bytes[1] != '[' && bytes[1] != 'O')) {
    keys_.append(bytes.substr(0, 1));
    bytes.remove_prefix(std::min<std::size_t>(bytes.size(), 1));
    return;
  }
  auto length = bytes[1] == 'O' ? std::min<std::size_t>(bytes.size(), 3) : sequence_length(bytes);
  if (!length && bytes.size() <= max_sequence) {
    held_ = bytes;
    bytes = {};
    return;
  }
  const auto text = bytes.substr(0, length.value_or(bytes.size()));
  bytes.remove_prefix(text.size());
  if (text == paste_begin) {
    if (!keys_.empty()) sink.keys(keys_);
    keys_.clear();
    pasting_ = true;
    return;
  }
  sequence(text, shown, modes);
}

void typing::sequence(std::string_view text, const window_on_pane& shown,
                      const screen_modes& modes) {
  const bool mouse = text.starts_with("\x1b[<") && (text.back() == 'M' || text.back() == 'm');
  if (mouse)
    keys_ += mouse_report(text.substr(3, text.size() - 4), text.back() == 'm', shown, modes);
  else
    keys_.append(plain_key(text, modes.application_cursor));
}

void typing::take_paste(std::string_view& bytes, typing_sink& sink) {
  const auto before = body_.size();
  body_.append(bytes);
  const auto from = before < paste_end.size() ? 0 : before - paste_end.size();
  const auto end = body_.find(paste_end, from);
  if (end == std::string::npos) {
    bytes = {};
    if (body_.size() <= max_paste + paste_end.size()) return;
    too_large_ = true;
    body_.erase(0, body_.size() - paste_end.size());
    return;
  }
  bytes.remove_prefix(end + paste_end.size() - before);
  body_.resize(end);
  pasting_ = false;
  end_paste(sink);
}

void typing::end_paste(typing_sink& sink) {
  if (std::exchange(too_large_, false) || body_.size() > max_paste)
    sink.paste_too_large();
  else if (!body_.empty())
    sink.paste(body_);
  body_.clear();
  body_.shrink_to_fit();
}

void typing::flush(typing_sink& sink) {
  if (pasting_) return end_paste(sink);
  escape_passed_ = false;
  if (!held_.empty()) sink.keys(std::exchange(held_, {}));
}

} // namespace termlease::worker
