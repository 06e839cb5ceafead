// The played process edge's zellij: its sessions, and the kernel's word for who is in a pane.
#include "tools/scenario/simulation/simulated_processes.hpp"

#include "config/version.hpp"

#include <algorithm>

namespace termlease::scenario {

using namespace messages;

namespace {

constexpr std::string_view sockets_variable = "ZELLIJ_SOCKET_DIR=";

std::string sockets_of(const run_program& wanted) {
  for (const auto& each : wanted.variables)
    if (each.starts_with(sockets_variable)) return each.substr(sockets_variable.size());
  return {};
}

std::string after(const std::vector<std::string>& argv, const std::string& word) {
  const auto found = std::find(argv.begin(), argv.end(), word);
  return found == argv.end() || found + 1 == argv.end() ? std::string{} : *(found + 1);
}

} // namespace

program_result simulated_processes::run_zellij(const run_program& wanted) {
  if (tmux_problem) return {127, {}, {}, tmux_problem};
  const auto& argv = wanted.argv;
  const auto sockets = sockets_of(wanted);
  const auto is = [&](const char* word) {
    return std::find(argv.begin(), argv.end(), word) != argv.end();
  };
  if (is("--version")) return {0, "zellij " + std::string(config::oldest_zellij) + "\n", {}, {}};
  if (is("--create-background")) {
    add_pane(after(argv, "--create-background"), sockets);
    return {};
  }
  if (is("list-sessions")) {
    std::string names;
    for (const auto& each : panes)
      if (each.sockets == sockets) names += each.session + "\n";
    return {names.empty() ? 1 : 0, names, {}, {}};
  }
  const auto session = after(argv, is("kill-session") ? "kill-session" : "--session");
  const auto found = std::find_if(panes.begin(), panes.end(), [&](const simulated_pane& each) {
    return each.sockets == sockets && each.session == session;
  });
  if (found == panes.end()) return {1, {}, "Session '" + session + "' not found.\n", {}};
  if (is("kill-session"))
    kill_session(found);
  else
    return {
        0, R"([{"id":1,"is_plugin":true},{"id":0,"is_plugin":false,"is_focused":true}])", {}, {}};
  return {};
}

process_found simulated_processes::search(const find_process& wanted) const {
  if (tmux_problem) return {0, tmux_problem};
  for (const auto& each : panes)
    if (!each.sockets.empty() && wanted.parent_begins == each.sockets + "/" &&
        wanted.parent_ends == "/" + each.session)
      return {each.pid, {}};
  return {};
}

} // namespace termlease::scenario
