#include "tools/worker/tmate/output.hpp"

#include "tools/worker/child.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <sys/wait.h>

namespace termlease::worker::tmate {

namespace {

using messages::failure;
using messages::worker_lines::problem;

constexpr std::string_view read_only = "ssh session read only: ";
constexpr std::string_view read_write = "ssh session: ";
constexpr std::size_t longest_reason = 300;
constexpr std::size_t door_length = 4; ///< of a token; the relay's log leaves out the rest

constexpr std::string_view unresolved = "lookup failure";
constexpr std::string_view no_resolver = "Cannot initialize the DNS lookup service";
constexpr std::string_view other_key = "Cannot authenticate server";
constexpr std::array<std::string_view, 4> troubles{unresolved, no_resolver, other_key,
                                                   "Error connecting"};

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool all_of(std::string_view text, std::string_view allowed) {
  const auto fine = [&](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || (c >= '0' && c <= '9') || allowed.find(c) != std::string_view::npos;
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), fine);
}

std::optional<std::string> link_in(std::string_view command) {
  if (!command.starts_with("ssh ")) return {};
  command.remove_prefix(4);
  std::string_view port;
  if (command.starts_with("-p")) {
    const auto end = command.find(' ');
    if (end == std::string_view::npos) return {};
    port = command.substr(2, end - 2);
    const bool digits = port.find_first_not_of("0123456789") == std::string_view::npos;
    if (port.empty() || port.size() > 5 || !digits) return {};
    command.remove_prefix(end + 1);
  }
  const auto at = command.find('@');
  if (at == std::string_view::npos || command.front() == '-') return {};
  if (!all_of(command.substr(0, at), "-_/") || !all_of(command.substr(at + 1), ".:-_[]")) return {};
  auto link = "ssh " + std::string(command);
  if (!port.empty()) link += " -p " + std::string(port);
  return link;
}

std::string for_people(std::string_view line) {
  std::string text(line.substr(0, longest_reason));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c >= 0 && c < ' '; }, ' ');
  return text;
}

problem because(const char* code, std::string message, const char* hint, bool relay_lost) {
  return {failure{code, std::move(message), hint}, relay_lost, false};
}

} // namespace

said read_line(std::string_view line) {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  for (const auto& [label, kind] : {std::pair{read_only, saying::read_only_link},
                                    std::pair{read_write, saying::read_write_link}})
    if (line.starts_with(label)) {
      auto link = link_in(line.substr(label.size()));
      return link ? said{kind, std::move(*link)} : said{};
    }
  if (line.starts_with("Reconnecting")) return {saying::reconnecting, for_people(line)};
  const bool trouble =
      std::any_of(troubles.begin(), troubles.end(), [&](auto each) { return has(line, each); });
  return {trouble ? saying::trouble : saying::other, for_people(line)};
}

std::string door_of(std::string_view read_write_link) {
  const auto token = read_write_link.substr(std::min<std::size_t>(4, read_write_link.size()));
  return std::string(token.substr(0, std::min(door_length, token.find('@'))));
}

problem explain(const std::string& trouble) {
  if (has(trouble, other_key))
    return because("relay_key_mismatch",
                   "the relay's host key is not the one whose fingerprint is set",
                   "correct tmate.relay_ed25519_fingerprint and relay_rsa_fingerprint if you know "
                   "the key to be the relay's; otherwise do not use this relay",
                   false);
  if (has(trouble, no_resolver))
    return because(
        "relay_unreachable", "tmate can't start without a nameserver, and this machine has none",
        "put a line 'nameserver ADDRESS' into /etc/resolv.conf, or share through upterm", true);
  return because("relay_unreachable", "tmate can't reach its relay: " + trouble,
                 "check that the relay runs, and its address in the settings", true);
}

problem explain_end(int wait_status, const std::string& reason) {
  const auto because_of = reason.empty() ? std::string{} : ": " + reason;
  if (WIFSIGNALED(wait_status))
    return because("backend_killed",
                   "tmate was killed by signal " + std::to_string(WTERMSIG(wait_status)),
                   "see the system's log; share again when it is fixed", false);
  const int code = WEXITSTATUS(wait_status);
  if (code == exit_not_found || code == exit_not_runnable)
    return because("backend_not_runnable", "tmate can't be run" + because_of,
                   "`termlease doctor` says which tmate is used, and how to get one", false);
  if (read_line(reason).kind == saying::trouble) return explain(reason);
  return because("backend_exited", "tmate ended by itself" + because_of,
                 "`termlease doctor` checks tmate and its relay", false);
}

} // namespace termlease::worker::tmate
