#include "tools/termlease/local/attach.hpp"

#include "config/programs.hpp"
#include "tools/termlease/local/tmux_here.hpp"
#include "tools/termlease/local/zellij_here.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <unistd.h>

namespace termlease::cli {

using messages::failed;
using messages::terminal_view;

attach_plan plan_attach(const terminal_view& terminal, const std::string& inside,
                        const std::string& tmux) {
  // "=" is tmux's word for "this name, not one that begins with it".
  const auto target =
      terminal.tmux_session.starts_with('$') ? terminal.tmux_session : "=" + terminal.tmux_session;
  const bool same = !inside.empty() && same_socket(inside, terminal.tmux_socket);
  return {
      {tmux, "-S", terminal.tmux_socket, same ? "switch-client" : "attach-session", "-t", target},
      !inside.empty() && !same};
}

attach_plan plan_zellij_attach(const terminal_view& terminal, const std::string& inside,
                               bool other_sockets, const std::string& zellij) {
  if (!inside.empty() && !other_sockets)
    return {{zellij, "--session", inside, "action", "switch-session", terminal.session},
            false,
            terminal.socket_dir};
  return {{zellij, "attach", terminal.session}, !inside.empty(), terminal.socket_dir};
}

namespace {

attach_plan plan_for(const terminal_view& terminal) {
  if (terminal.host == "zellij") {
    const auto zellij =
        config::find_zellij(current_settings(config::find_paths()), config::find_paths());
    const auto around = zellij_place_here();
    return plan_zellij_attach(terminal, around ? around->session : "",
                              around && !same_socket(around->sockets, terminal.socket_dir),
                              zellij.string());
  }
  const auto around = tmux_place_here();
  return plan_attach(terminal, around ? around->socket : "", tmux_program());
}

void tell_of_nesting(const terminal_view& terminal, const console& screen) {
  screen.note(
      terminal.host == "zellij"
          ? "this is a zellij inside a zellij: the outer one takes its keys first"
          : "this is a tmux inside a tmux: press the prefix key twice to reach the inner one");
  for (const char* name : {"TMUX", "ZELLIJ", "ZELLIJ_SESSION_NAME", "ZELLIJ_PANE_ID"})
    if (std::string_view(name).starts_with("TMUX") == (terminal.host == "tmux")) ::unsetenv(name);
}

} // namespace

void attach(const terminal_view& terminal, const console& screen) {
  const auto plan = plan_for(terminal);
  if (::isatty(STDIN_FILENO) != 1)
    throw failed("no_tty", "attaching needs a terminal, and stdin is none",
                 "run it in a terminal window");
  if (plan.nested) tell_of_nesting(terminal, screen);
  if (!plan.sockets.empty()) ::setenv("ZELLIJ_SOCKET_DIR", plan.sockets.c_str(), 1);
  std::vector<char*> arguments;
  for (const auto& each : plan.argv) arguments.push_back(const_cast<char*>(each.c_str()));
  arguments.push_back(nullptr);
  ::execv(arguments[0], arguments.data());
  throw failed(terminal.host == "tmux" ? "tmux_missing" : "host_missing",
               plan.argv[0] + " can't be run: " + std::strerror(errno), "see `termlease doctor`");
}

terminal_view open_terminal(const invocation& run, const std::string& name) {
  const auto all = run.connect().ask<messages::terminal_list>(messages::list_terminals{}).terminals;
  std::vector<terminal_view> by_id;
  for (const auto& each : all) {
    if (each.name == name || each.terminal_id == name) return each;
    if (each.terminal_id.starts_with(name) || each.terminal_id.ends_with(name))
      by_id.push_back(each);
  }
  if (by_id.size() == 1) return by_id.front();
  throw failed("no_such_terminal", "no open terminal is called '" + name + "'",
               "`termlease terminals` lists them");
}

std::string tmux_program() {
  return config::find_tmux(current_settings(config::find_paths())).string();
}

} // namespace termlease::cli
