#include "tools/worker/mirror/tmux/control_reader.hpp"

#include <algorithm>

namespace termlease::worker {

namespace {

std::string_view take_word(std::string_view& text) {
  const auto end = std::min(text.find(' '), text.size());
  const auto word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

} // namespace

bool control_reader::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    if (end == std::string_view::npos) {
      partial_.append(bytes);
      return partial_.size() <= max_line_bytes;
    }
    if (partial_.empty()) {
      line(bytes.substr(0, end));
    } else {
      partial_.append(bytes.substr(0, end));
      if (partial_.size() > max_line_bytes) return false;
      const auto whole = std::move(partial_);
      partial_.clear();
      line(whole);
    }
    bytes.remove_prefix(end + 1);
  }
  return true;
}

void control_reader::line(std::string_view text) {
  if (in_reply_) return reply_line(text);
  if (!text.starts_with('%')) return;
  text.remove_prefix(1);
  const auto name = take_word(text);
  if (name == "output") {
    const auto pane = take_word(text);
    handler_.on_output(pane, text);
  } else if (name == "extended-output") {
    const auto pane = take_word(text);
    const auto colon = text.find(": ");
    if (colon != std::string_view::npos) handler_.on_output(pane, text.substr(colon + 2));
  } else if (name == "begin") {
    begin_reply(text);
  } else {
    handler_.on_notice(name, text);
  }
}

void control_reader::begin_reply(std::string_view key) {
  in_reply_ = true;
  key_ = key;
  reply_ = {};
  const auto flags = key.substr(std::min(key.rfind(' '), key.size() - 1) + 1);
  reply_.ours = flags == "1";
}

void control_reader::reply_line(std::string_view text) {
  const bool counted = reply_.ours && reply_.lines.size() < expected_;
  const bool ends = text.starts_with("%end ") && text.substr(5) == key_;
  const bool fails = text.starts_with("%error ") && text.substr(7) == key_;
  if (counted || (!ends && !fails)) {
    reply_.lines.emplace_back(text);
    return;
  }
  in_reply_ = false;
  reply_.fine = ends;
  if (reply_.ours) expected_ = 0;
  handler_.on_reply(reply_);
}

} // namespace termlease::worker
