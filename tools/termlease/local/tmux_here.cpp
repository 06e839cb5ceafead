#include "tools/termlease/local/tmux_here.hpp"

#include "tools/termlease/invocation.hpp"
#include "tools/termlease/local/program.hpp"

#include <algorithm>
#include <filesystem>
#include <unistd.h>

namespace termlease::cli {

namespace fs = std::filesystem;
using messages::failed;
using messages::terminal_view;

namespace {

constexpr std::size_t longest_name = 60;
constexpr int names_to_try = 20;

struct session_here {
  std::string id; ///< "$2"
  std::string name;
};

session_here session_of(const tmux_place& place, const std::string& tmux) {
  const auto answer = ask_program({tmux, "-S", place.socket, "display-message", "-p", "-t",
                                   place.pane, "#{session_id} #{session_name}"});
  const auto text = without_line_end(answer.output);
  const auto space = text.find(' ');
  if (answer.status != 0 || space == std::string::npos || !text.starts_with('$'))
    throw failed("no_terminal", "tmux does not answer for the pane " + place.pane,
                 "name the terminal: termlease share NAME");
  return {text.substr(0, space), text.substr(space + 1)};
}

} // namespace

std::optional<tmux_place> tmux_place_in(std::string_view tmux, std::string_view pane) {
  // "SOCKET,PID,SESSION": a socket's path may itself hold commas.
  const auto session = tmux.rfind(',');
  if (session == std::string_view::npos || session == 0) return std::nullopt;
  const auto pid = tmux.rfind(',', session - 1);
  if (pid == std::string_view::npos || pid == 0 || !pane.starts_with('%')) return std::nullopt;
  return tmux_place{std::string(tmux.substr(0, pid)), std::string(pane)};
}

std::optional<tmux_place> tmux_place_here() {
  return tmux_place_in(variable("TMUX"), variable("TMUX_PANE"));
}

bool same_socket(const std::string& one, const std::string& other) {
  std::error_code missing;
  return one == other || fs::equivalent(one, other, missing);
}

std::string terminal_name_from(std::string_view session) {
  std::string name;
  for (const char each : session.substr(0, longest_name)) {
    const bool fits = (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') ||
                      (each >= '0' && each <= '9') || each == '_' || each == '-';
    name += fits ? each : '-';
  }
  const auto first = std::min(name.find_first_not_of('-'), name.size());
  name.erase(0, first);
  return name.empty() ? "tmux" : name;
}

terminal_view terminal_here(bus::client& runtime, const std::string& tmux) {
  const auto place = tmux_place_here();
  if (!place)
    throw failed("no_terminal", "no terminal was named, and this is not inside of tmux",
                 "name one (`termlease terminals` lists them), or open one: termlease terminal new "
                 "NAME");
  const auto open = runtime.ask<messages::terminal_list>(messages::list_terminals{}).terminals;
  for (const auto& each : open)
    if (each.pane == place->pane && same_socket(each.tmux_socket, place->socket)) return each;
  const auto session = session_of(*place, tmux);
  const auto wanted = terminal_name_from(session.name);
  auto name = wanted;
  for (int i = 2; i < names_to_try && std::ranges::count(open, name, &terminal_view::name) != 0;
       ++i)
    name = wanted + "-" + std::to_string(i);
  return runtime.ask<terminal_view>(
      messages::adopt_terminal{name, {}, place->socket, session.id, place->pane});
}

bool adopt_this_pane(messages::adopt_terminal& asked, const std::string& tmux) {
  const auto place = tmux_place_here();
  if (!place || !asked.tmux_socket.empty()) return false;
  asked.tmux_socket = place->socket;
  asked.tmux_session = session_of(*place, tmux).id;
  if (asked.pane.empty()) asked.pane = place->pane;
  return true;
}

std::string default_tmux_socket() {
  if (const auto place = tmux_place_here()) return place->socket;
  const auto given = variable("TMUX_TMPDIR");
  const fs::path base = given.empty() ? "/tmp" : given;
  return base / ("tmux-" + std::to_string(::getuid())) / "default";
}

} // namespace termlease::cli
