#include "tools/worker/upterm/command.hpp"

#include "messages/failure.hpp"
#include "tools/worker/work_dir.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <unistd.h>

namespace termlease::worker::upterm {

namespace {

constexpr std::size_t longest_key_line = 16 * 1024;
/// "/" + session id + ".sock", with room for longer ids than today's 20 characters.
constexpr std::size_t admin_socket_name = 44;

[[noreturn]] void bad_start(const char* what) {
  throw messages::failed("bad_start", what, "this is a mistake of the runtime; please report it");
}

/// One plain key: options such as `command=` would be ignored by upterm, so they are refused here.
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

/// upterm splits the forced command as a shell does.
std::string quoted(const std::string& word) {
  return "'" + word + "'";
}

bool can_be_quoted(std::string_view path) {
  return path.starts_with('/') && path.find('\'') == std::string_view::npos &&
         path.find('\n') == std::string_view::npos;
}

/// Only holds the session open; dies of the hangup when upterm goes.
const char* holder() {
  return access("/usr/bin/sleep", X_OK) == 0 ? "/usr/bin/sleep" : "/bin/sleep";
}

} // namespace

files::files(const std::string& folder)
    : home(folder), run(folder + "/upterm"), private_key(folder + "/host_key"),
      authorized_keys(folder + "/authorized_keys") {}

void check(const messages::worker_lines::start& share, const files& where,
           const std::string& guest_socket) {
  // An empty key set would let in anybody who has the link.
  if (share.authorized_keys.empty()) bad_start("a share needs at least one key");
  for (const auto& key : share.authorized_keys)
    if (!is_plain_key(key)) bad_start("a key of the share is not a plain OpenSSH public key");
  if (!can_be_quoted(share.guest_program) || !can_be_quoted(guest_socket))
    bad_start("the guest program's path can't be passed to upterm");
  if (where.run.size() + admin_socket_name > socket_path_limit)
    bad_start("the share's folder has too long a path for a socket");
  const bool plain_host = share.relay_host.find_first_of("/@?# \t\n") == std::string::npos;
  if (share.relay_host.empty() || !plain_host || share.relay_port == 0)
    bad_start("the relay's address is not a host and a port");
}

std::string authorized_keys_text(const messages::worker_lines::start& share) {
  std::string text;
  for (const auto& key : share.authorized_keys) text += key + "\n";
  return text;
}

child_spec host_command(const messages::worker_lines::start& share, const files& where,
                        const std::string& guest_socket) {
  const bool bare_ipv6 =
      share.relay_host.find(':') != std::string::npos && share.relay_host[0] != '[';
  const auto host = bare_ipv6 ? "[" + share.relay_host + "]" : share.relay_host;
  child_spec spec;
  spec.argv = {share.upterm,
               "host",
               "--server=ssh://" + host + ":" + std::to_string(share.relay_port),
               "--accept",
               "--no-sftp",
               "--known-hosts=" + share.known_hosts,
               "--private-key=" + where.private_key,
               "--authorized-keys=" + where.authorized_keys,
               "--force-command=" + quoted(share.guest_program) + " " + quoted(guest_socket),
               "--",
               holder(),
               "infinity"};
  // No PATH: upterm looks for programs that show notes on the desktop each time a guest joins.
  spec.env = {"HOME=" + where.home,
              "XDG_RUNTIME_DIR=" + where.home,
              "XDG_STATE_HOME=" + where.home,
              "XDG_CONFIG_HOME=" + where.home,
              "XDG_CACHE_HOME=" + where.home,
              "TMPDIR=" + where.home,
              "PATH=",
              "USER=termlease",
              "LANG=C.UTF-8",
              "TZ=UTC"};
  spec.death_signal = SIGKILL; // told politely, it may hang
  return spec;
}

} // namespace termlease::worker::upterm
