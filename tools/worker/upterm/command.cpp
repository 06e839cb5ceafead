#include "tools/worker/upterm/command.hpp"

#include "tools/worker/share_files.hpp"
#include "tools/worker/work_dir.hpp"

#include <unistd.h>

namespace termlease::worker::upterm {

namespace {

/// "/" + session id + ".sock", with room for longer ids than today's 20 characters.
constexpr std::size_t admin_socket_name = 44;

/// upterm splits the forced command as a shell does.
std::string quoted(const std::string& word) {
  return "'" + word + "'";
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
  check_keys(share);
  if (!can_be_quoted(share.guest_program) || !can_be_quoted(guest_socket))
    bad_start("the guest program's path can't be passed to upterm");
  if (where.run.size() + admin_socket_name > socket_path_limit)
    bad_start("the share's folder has too long a path for a socket");
  check_relay(share);
}

child_spec host_command(const messages::worker_lines::start& share, const files& where,
                        const std::string& guest_socket) {
  const bool bare_ipv6 =
      share.relay_host.find(':') != std::string::npos && share.relay_host[0] != '[';
  const auto host = bare_ipv6 ? "[" + share.relay_host + "]" : share.relay_host;
  child_spec spec;
  spec.argv = {share.program,
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
