#include "tools/worker/upterm/output.hpp"

#include "tools/worker/child.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <sys/wait.h>

namespace termlease::worker::upterm {

namespace {

using messages::failure;
using messages::worker_lines::problem;

constexpr std::size_t longest_reason = 300;

bool all_of(std::string_view text, std::string_view allowed) {
  const auto fine = [&](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || (c >= '0' && c <= '9') || allowed.find(c) != std::string_view::npos;
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), fine);
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  const auto first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// cobra prints "Error: WHY", then the usage; the log line after it repeats the reason.
std::string reason_in(const last_words& words) {
  std::string_view text = trimmed(words.errors);
  if (const auto at = text.find("Error: "); at != std::string_view::npos) {
    text.remove_prefix(at + 7);
    text = text.substr(0, text.find("\nUsage:"));
  }
  if (const auto slog = text.find("level=ERROR"); slog != std::string_view::npos)
    text = slog == 0 ? text : text.substr(0, text.rfind('\n', slog));
  std::string reason(trimmed(text).substr(0, longest_reason));
  for (std::size_t at = 0;
       !words.secret.empty() && (at = reason.find(words.secret, at)) != std::string::npos;)
    reason.replace(at, words.secret.size(), "(link)");
  std::replace_if(
      reason.begin(), reason.end(), [](char c) { return c >= 0 && c < ' '; }, ' ');
  return reason;
}

problem because(const char* code, std::string message, const char* hint, bool relay_lost = false) {
  return {failure{code, std::move(message), hint}, relay_lost, false};
}

std::string with_reason(const char* what, const std::string& reason) {
  return reason.empty() ? what : std::string(what) + ": " + reason;
}

bool names_lost_connection(std::string_view reason) {
  static constexpr std::array<std::string_view, 8> signs{
      "ssh dial error", "dial tcp",    "connection refused", "connection reset", "EOF",
      "broken pipe",    "i/o timeout", "no route to host"};
  return std::any_of(signs.begin(), signs.end(), [&](auto sign) { return has(reason, sign); });
}

problem explain_start(const last_words& words, const std::string& reason) {
  if (has(words.errors, "IDENTIFICATION HAS CHANGED") || has(words.output, "authenticity of host"))
    return because(
        "relay_key_mismatch", "the relay's host key is not the one that is pinned",
        "pin it in a line '@cert-authority [HOST]:PORT KEY' if you know it to be the relay's; "
        "otherwise do not use this relay");
  if (has(reason, "Permission denied"))
    return because("relay_refused", with_reason("the relay refused this host", reason),
                   "ask whoever runs the relay to let this machine host", true);
  if (has(reason, "unknown flag") || has(reason, "unknown shorthand flag") ||
      has(reason, "unknown command"))
    return because("backend_too_old", with_reason("this upterm is too old", reason),
                   "use upterm 0.20 or newer; `termlease doctor` says how to get it");
  if (names_lost_connection(reason))
    return because("relay_unreachable", with_reason("upterm can't reach its relay", reason),
                   "check that the relay runs, and its address in the settings", true);
  return because("backend_exited", with_reason("upterm gave up before there was a link", reason),
                 "`termlease doctor` checks upterm and its relay");
}

} // namespace

std::optional<std::string> link_in(std::string_view line) {
  // "    ssh USER@HOST -p PORT", in older versions after a label "SSH Session:".
  line = trimmed(line);
  const auto at = line.rfind("ssh ");
  if (at == std::string_view::npos || (at > 0 && line[at - 1] != ' ' && line[at - 1] != '\t'))
    return {};
  const auto command = line.substr(at);
  const auto user_end = command.find('@');
  if (user_end == std::string_view::npos) return {};
  if (!all_of(command.substr(4, user_end - 4), ":=_-+/") || command[4] == '-') return {};
  auto host = command.substr(user_end + 1);
  if (const auto option = host.find(' '); option != std::string_view::npos) {
    const auto port = host.substr(option);
    const bool plain = port.substr(0, 4) == " -p " && port.size() > 4 && port.size() <= 9 &&
                       port.find_first_not_of("0123456789", 4) == std::string_view::npos;
    if (!plain) return {};
    host = host.substr(0, option);
  }
  if (!all_of(host, ".:-_[]")) return {};
  return std::string(command);
}

problem explain(const last_words& words) {
  const auto reason = reason_in(words);
  if (WIFSIGNALED(words.wait_status)) {
    const auto number = std::to_string(WTERMSIG(words.wait_status));
    return because("backend_killed", "upterm was killed by signal " + number,
                   "see the system's log; share again when it is fixed");
  }
  const int code = WEXITSTATUS(words.wait_status);
  if (code == exit_not_found || code == exit_not_runnable)
    return because("backend_not_runnable", with_reason("upterm can't be run", reason),
                   "`termlease doctor` says which upterm is used, and how to get one");
  if (!words.was_ready) return explain_start(words, reason);
  // A hosting upterm has one reason to end by itself: its connection to the relay ended.
  return because("relay_lost", with_reason("upterm lost its relay", reason),
                 "check the relay, then share again", true);
}

} // namespace termlease::worker::upterm
