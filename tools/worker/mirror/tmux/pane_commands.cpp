#include "tools/worker/mirror/tmux/pane_commands.hpp"

#include <algorithm>

namespace termlease::worker {

namespace {

constexpr std::size_t keys_per_command = 512;
constexpr std::size_t pasted_bytes_per_command = 2048;
constexpr std::string_view hex_digits = "0123456789abcdef";

std::string guarded(std::string_view pane, std::string_view otherwise, std::string_view command) {
  std::string line = "if-shell -F -t ";
  line.append(pane);
  line.append(" '#{||:#{pane_in_mode},#{pane_synchronized}}' '").append(otherwise);
  line.append("' '").append(command).append("'\n");
  return line;
}

// Letters and digits are themselves; everything else is a number, so nothing can end the quotes.
void append_quoted(std::string& to, std::string_view body) {
  for (const auto each : body) {
    const auto byte = static_cast<unsigned char>(each);
    const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                       (byte >= '0' && byte <= '9') || byte == ' ';
    if (plain) {
      to += each;
    } else if (byte != 0) {
      to += '\\';
      to += static_cast<char>('0' + (byte >> 6));
      to += static_cast<char>('0' + ((byte >> 3) & 7));
      to += static_cast<char>('0' + (byte & 7));
    }
  }
}

} // namespace

bool is_pane_id(std::string_view text) {
  if (text.size() < 2 || text.size() > 11 || text.front() != '%') return false;
  return std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string typing_commands(std::string_view pane, std::string_view bytes) {
  std::string lines;
  while (!bytes.empty()) {
    const auto part = bytes.substr(0, keys_per_command);
    std::string command = "send-keys -t ";
    command.append(pane).append(" -H");
    for (const auto each : part) {
      const auto byte = static_cast<unsigned char>(each);
      command += ' ';
      command += hex_digits[byte >> 4];
      command += hex_digits[byte & 15];
    }
    lines += guarded(pane, "", command);
    bytes.remove_prefix(part.size());
  }
  return lines;
}

std::string pasting_commands(std::string_view pane, std::string_view name, std::string_view body) {
  std::string lines;
  bool first = true;
  while (!body.empty()) {
    const auto part = body.substr(0, pasted_bytes_per_command);
    body.remove_prefix(part.size());
    std::string quoted;
    append_quoted(quoted, part);
    if (quoted.empty()) continue;
    lines.append(first ? "set-buffer -b " : "set-buffer -a -b ").append(name);
    lines.append(" -- \"").append(quoted).append("\"\n");
    first = false;
  }
  if (lines.empty()) return lines;
  const std::string named = std::string(name);
  lines += guarded(pane, "delete-buffer -b " + named,
                   "paste-buffer -p -r -d -b " + named + " -t " + std::string(pane));
  return lines;
}

} // namespace termlease::worker
