#include "tools/worker/tmate/command.hpp"

#include "tools/worker/share_files.hpp"
#include "tools/worker/work_dir.hpp"

#include <algorithm>
#include <csignal>

namespace termlease::worker::tmate {

namespace {

/// No key has it: for the kinds that the relay doesn't have, instead of those of a public relay.
constexpr auto no_fingerprint = "none";

constexpr extent largest{200, 500};

std::string quoted(const std::string& word) {
  return "'" + word + "'";
}

bool is_fingerprint(const std::string& text) {
  return text.empty() ||
         (text.starts_with("SHA256:") && text.find_first_of("\"'\\;$ \t\n") == std::string::npos);
}

std::string setting(const std::string& name, const std::string& value) {
  return "set -g " + name + " " + quoted(value) + "\n";
}

// A guest's terminal stays on its own screen, and instead of clearing it at the end tmux goes to
// its last line: so the reason of the end is still there to be read.
constexpr auto keep_screen = R"(*:smcup@:rmcup@:clear=\E[999;1H\r\n\r\n)";

} // namespace

files::files(const std::string& folder)
    : home(folder), configuration(folder + "/tmate.conf"),
      authorized_keys(folder + "/authorized_keys"), socket(folder + "/tmate") {}

void check(const messages::worker_lines::start& share, const files& where,
           const std::string& guest_socket) {
  check_keys(share);
  check_relay(share);
  for (const auto* path : {&share.program, &share.guest_program, &guest_socket, &where.home})
    if (!can_be_quoted(*path)) bad_start("a path of the share can't be passed to tmate");
  if (where.socket.size() > socket_path_limit)
    bad_start("the share's folder has too long a path for a socket");
  if (!is_fingerprint(share.relay_rsa) || !is_fingerprint(share.relay_ed25519) ||
      (share.relay_rsa.empty() && share.relay_ed25519.empty()))
    bad_start("the relay's host keys have no fingerprint");
}

std::string configuration_text(const messages::worker_lines::start& share, const files& where) {
  const auto fingerprint = [](const std::string& known) {
    return known.empty() ? std::string(no_fingerprint) : known;
  };
  std::string text;
  text += setting("tmate-server-host", share.relay_host);
  text += setting("tmate-server-port", std::to_string(share.relay_port));
  text += setting("tmate-server-rsa-fingerprint", fingerprint(share.relay_rsa));
  text += setting("tmate-server-ed25519-fingerprint", fingerprint(share.relay_ed25519));
  text += setting("tmate-server-ecdsa-fingerprint", no_fingerprint);
  text += setting("tmate-server-dsa-fingerprint", no_fingerprint);
  text += setting("tmate-authorized-keys", where.authorized_keys);
  // Otherwise the shell that it was started with comes back when our program ends.
  text += setting("tmate-foreground-restart", "0");
  text += setting("prefix", "None");
  text += setting("prefix2", "None");
  text += "unbind -a\n";
  text += setting("mouse", "off");
  text += setting("status", "off");
  text += setting("set-titles", "off");
  text += setting("escape-time", "0");
  text += setting("history-limit", "0");
  text += setting("default-terminal", "screen-256color");
  text += setting("terminal-overrides", keep_screen);
  return text;
}

extent window_size(messages::share_mode mode, extent pane) {
  if (mode == messages::share_mode::rw) return largest;
  return {std::min(pane.rows + 1, largest.rows), std::min(pane.columns, largest.columns)};
}

std::vector<std::string> environment(const std::string& home) {
  return {"HOME=" + home,         "TMPDIR=" + home, "PATH=/usr/bin:/bin", "SHELL=/bin/sh",
          "TERM=screen-256color", "LANG=C.UTF-8",   "USER=termlease",     "TZ=UTC"};
}

child_spec host_command(const messages::worker_lines::start& share, const files& where) {
  child_spec spec;
  // Not from the configuration, which is read before it connects. By that name it is opened anew,
  // and so waited for, whatever way our end of the pipe is read.
  spec.argv = {share.program, "-F",           "-f", where.configuration, "-S",
               where.socket,  "start-server", ";",  "source-file",       "/proc/self/fd/0"};
  spec.env = environment(where.home);
  spec.death_signal = SIGKILL; // a stopped one hears nothing else
  return spec;
}

std::string session_text(const messages::worker_lines::start& share, const files& where,
                         const std::string& guest_socket, extent window) {
  // A start hangs now and then when its program doesn't wait for the relay.
  constexpr auto program = R"("$0" -S "$1" wait tmate-ready; exec "$2" --stay "$3")";
  std::string text = "new-session -x " + std::to_string(window.columns) + " -y " +
                     std::to_string(window.rows) + " /bin/sh -c";
  for (const auto& word :
       {std::string(program), share.program, where.socket, share.guest_program, guest_socket})
    text += " " + quoted(word);
  return text + "\n";
}

} // namespace termlease::worker::tmate
