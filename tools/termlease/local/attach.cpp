#include "tools/termlease/local/attach.hpp"

#include "config/programs.hpp"
#include "tools/termlease/local/tmux_here.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
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

void attach(const terminal_view& terminal, const console& screen) {
  const auto around = tmux_place_here();
  const auto plan = plan_attach(terminal, around ? around->socket : "", tmux_program());
  if (::isatty(STDIN_FILENO) != 1)
    throw failed("no_tty", "attaching needs a terminal, and stdin is none",
                 "run it in a terminal window");
  if (plan.nested) {
    screen.note("this is a tmux inside a tmux: press the prefix key twice to reach the inner one");
    ::unsetenv("TMUX");
  }
  std::vector<char*> arguments;
  for (const auto& each : plan.argv) arguments.push_back(const_cast<char*>(each.c_str()));
  arguments.push_back(nullptr);
  ::execv(arguments[0], arguments.data());
  throw failed("tmux_missing", plan.argv[0] + " can't be run: " + std::strerror(errno),
               "see `termlease doctor`");
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
