#include "config/complaints.hpp"

#include <algorithm>
#include <tuple>

namespace termlease::config {

std::string printable(std::string_view text) {
  std::string shown(text.substr(0, longest_quote));
  if (shown.size() < text.size()) {
    // Not in the middle of a UTF-8 sequence.
    while (!shown.empty() && (static_cast<unsigned char>(shown.back()) & 0xC0) == 0x80)
      shown.pop_back();
    if (!shown.empty() && static_cast<unsigned char>(shown.back()) >= 0xC0) shown.pop_back();
    shown += "…";
  }
  for (auto& each : shown)
    if (static_cast<unsigned char>(each) < 0x20 || each == 0x7F) each = '?';
  return shown;
}

void complaints::add(const toml::source_region& where, std::string key, std::string what,
                     std::string hint) {
  if (list_.size() >= most_mistakes) {
    ++left_out_;
    return;
  }
  list_.push_back({file_, where.begin.line, where.begin.column, printable(key), printable(what),
                   printable(hint)});
}

std::vector<messages::file_mistake> complaints::take() {
  std::stable_sort(list_.begin(), list_.end(), [](const auto& a, const auto& b) {
    return std::tie(a.line, a.column) < std::tie(b.line, b.column);
  });
  if (left_out_ > 0)
    list_.push_back({file_, 0, 0, {}, std::to_string(left_out_) + " more mistakes", {}});
  return std::move(list_);
}

messages::failure as_failure(std::string code,
                             const std::vector<messages::file_mistake>& mistakes) {
  auto first = mistakes.front();
  auto hint = std::move(first.hint);
  first.hint.clear();
  auto message = messages::to_text(first);
  if (mistakes.size() > 1)
    message += "; and " + std::to_string(mistakes.size() - 1) + " more mistake" +
               (mistakes.size() > 2 ? "s" : "");
  return {std::move(code), std::move(message), std::move(hint)};
}

} // namespace termlease::config
