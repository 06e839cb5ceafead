#include "tools/termlease/local/tmux_here.hpp"

#include "tools/termlease/invocation.hpp"
#include "tools/termlease/local/attach.hpp"
#include "tools/termlease/local/program.hpp"
#include "tools/termlease/local/zellij_here.hpp"

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

namespace {

/// What adopting this very pane asks for, as far as the variables say it; nothing where they don't.
std::optional<messages::adopt_terminal> pane_here() {
  messages::adopt_terminal asked;
  if (const auto place = zellij_place_here()) {
    asked.host = "zellij";
    asked.session = place->session;
    asked.socket_dir = place->sockets;
    asked.pane = place->pane;
    return asked;
  }
  const auto place = tmux_place_here();
  if (!place) return {};
  asked.host = "tmux";
  asked.tmux_socket = place->socket;
  asked.pane = place->pane;
  return asked;
}

/// The session's name; of tmux's its id is filled in.
std::string name_session(messages::adopt_terminal& asked) {
  if (asked.host != "tmux") return asked.session;
  const auto session = session_of({asked.tmux_socket, asked.pane}, tmux_program());
  asked.tmux_session = session.id;
  return session.name;
}

bool is_of(const messages::adopt_terminal& asked, const terminal_view& open) {
  if (open.host != asked.host || open.pane != asked.pane) return false;
  return asked.host == "tmux"
             ? same_socket(open.tmux_socket, asked.tmux_socket)
             : open.session == asked.session && same_socket(open.socket_dir, asked.socket_dir);
}

} // namespace

terminal_view terminal_here(bus::client& runtime) {
  const auto here = pane_here();
  if (!here)
    throw failed("no_terminal", "no terminal was named, and this is not inside of tmux or zellij",
                 "name one (`termlease terminals` lists them), or open one: termlease terminal new "
                 "NAME");
  auto asked = *here;
  const auto open = runtime.ask<messages::terminal_list>(messages::list_terminals{}).terminals;
  for (const auto& each : open)
    if (is_of(asked, each)) return each;
  const auto wanted = terminal_name_from(name_session(asked));
  asked.name = wanted;
  for (int i = 2;
       i < names_to_try && std::ranges::count(open, asked.name, &terminal_view::name) != 0; ++i)
    asked.name = wanted + "-" + std::to_string(i);
  return runtime.ask<terminal_view>(asked);
}

bool adopt_this_pane(messages::adopt_terminal& asked) {
  if (!asked.tmux_socket.empty() || !asked.socket_dir.empty()) return false;
  auto here = pane_here();
  if (!here) return false;
  auto found = std::move(*here);
  name_session(found);
  found.name = asked.name;
  found.lane = asked.lane;
  if (!asked.pane.empty()) found.pane = asked.pane;
  asked = std::move(found);
  return true;
}

std::string default_tmux_socket() {
  if (const auto place = tmux_place_here()) return place->socket;
  const auto given = variable("TMUX_TMPDIR");
  const fs::path base = given.empty() ? "/tmp" : given;
  return base / ("tmux-" + std::to_string(::getuid())) / "default";
}

} // namespace termlease::cli
