#include "messages/json.hpp"

namespace termlease::messages {

namespace {

/// Counts brackets outside of strings; exact for JSON, and harmless for anything else.
bool too_deep(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char each = text[at];
    if (in_string) {
      if (each == '\\') ++at;
      if (each == '"') in_string = false;
    } else if (each == '"') {
      in_string = true;
    } else if (each == '{' || each == '[') {
      if (++depth > max_json_depth) return true;
    } else if ((each == '}' || each == ']') && depth > 0) {
      --depth;
    }
  }
  return false;
}

} // namespace

json parse_json(std::string_view text) {
  if (too_deep(text)) throw failed("bad_json", "a text nests deeper than any message does");
  auto parsed = json::parse(text, nullptr, false);
  if (parsed.is_discarded()) throw failed("bad_json", "a text is not JSON");
  return parsed;
}

} // namespace termlease::messages
