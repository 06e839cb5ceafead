#include "tools/worker/share_files.hpp"

#include "messages/failure.hpp"

#include <algorithm>
#include <array>
#include <unistd.h>

namespace termlease::worker {

namespace {

constexpr std::size_t longest_key_line = 16 * 1024;

/// One plain key: options such as `command=` would be ignored by a backend, so they are refused.
bool is_plain_key(std::string_view line) {
  static constexpr std::array<std::string_view, 4> types{"ssh-", "ecdsa-sha2-", "sk-ssh-",
                                                         "sk-ecdsa-"};
  const bool known =
      std::any_of(types.begin(), types.end(), [&](auto type) { return line.starts_with(type); });
  const bool printable = std::none_of(line.begin(), line.end(),
                                      [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; });
  const auto blob = line.find(' ');
  return known && printable && line.size() <= longest_key_line && blob != std::string_view::npos &&
         line.substr(blob + 1).starts_with("AAAA");
}

} // namespace

void bad_start(const char* what) {
  throw messages::failed("bad_start", what, "this is a mistake of the runtime; please report it");
}

void check_keys(const messages::worker_lines::start& share) {
  // An empty key set would let in anybody who has the link.
  if (share.authorized_keys.empty()) bad_start("a share needs at least one key");
  for (const auto& key : share.authorized_keys)
    if (!is_plain_key(key)) bad_start("a key of the share is not a plain OpenSSH public key");
}

void check_relay(const messages::worker_lines::start& share) {
  const bool plain_host = share.relay_host.find_first_of("/@?#;$\"'\\ \t\n") == std::string::npos;
  if (share.relay_host.empty() || !plain_host || share.relay_port == 0)
    bad_start("the relay's address is not a host and a port");
}

void check_program(const messages::worker_lines::start& share, const char* hint) {
  if (access(share.program.c_str(), X_OK) != 0)
    throw messages::failed("backend_missing",
                           "there is no " + share.backend + " to run at '" + share.program + "'",
                           hint);
}

bool can_be_quoted(std::string_view path) {
  return path.starts_with('/') && path.find('\'') == std::string_view::npos &&
         path.find('\n') == std::string_view::npos;
}

std::string authorized_keys_text(const messages::worker_lines::start& share) {
  std::string text;
  for (const auto& key : share.authorized_keys) text += key + "\n";
  return text;
}

} // namespace termlease::worker
