#include "tools/termlease/output/console.hpp"

namespace termlease::cli {

namespace {

std::string ascii_json(const messages::json& value, int indent) {
  return value.dump(indent, ' ', true, messages::json::error_handler_t::replace);
}

} // namespace

void console::note(std::string_view safe_text) const {
  if (quiet_) return;
  out_.flush();
  err_ << safe_text << std::endl;
}

void console::done(std::string_view safe_text) const {
  if (!quiet_ && !json_) out_ << safe_text << '\n';
}

void console::print(const messages::json& value) const {
  out_ << ascii_json(value, 2) << '\n';
}

void console::print_line(const messages::json& value) const {
  out_ << ascii_json(value, -1) << std::endl;
}

} // namespace termlease::cli
