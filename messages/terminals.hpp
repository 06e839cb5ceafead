#pragma once

// Why: a terminal is what is lent, and it outlives every lease. These are the words with which one
// is opened, adopted, listed and closed.

#include "messages/json.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace termlease::messages {

enum class terminal_state { open, closed };

constexpr auto names_of(terminal_state) {
  return std::array<name_entry<terminal_state>, 2>{
      {{terminal_state::open, "open"}, {terminal_state::closed, "closed"}}};
}

/// One terminal as the bus shows it.
struct terminal_view {
  std::string terminal_id;
  std::string name; ///< unique among open terminals
  std::string lane;
  std::string host = "tmux";
  terminal_state state = terminal_state::open;
  bool adopted = false; ///< true: it was there before us, and closing it only forgets it
  std::string tmux_socket;
  std::string tmux_session;
  std::string pane;          ///< the one pane that is lent, "%0" or "terminal_0"
  std::int32_t pane_pid = 0; ///< first process of the pane; its end is the terminal's end
  instant created_at;
  std::string correlation_id; ///< of the request that opened it
  std::string session;        ///< of another host than tmux: its name, and
  std::string socket_dir;     ///< the folder that its socket is in

  static constexpr auto describe() {
    return described(
        "terminal", "one terminal", field("terminal_id", &terminal_view::terminal_id),
        field("name", &terminal_view::name), field("lane", &terminal_view::lane),
        field("host", &terminal_view::host), field("state", &terminal_view::state),
        field("adopted", &terminal_view::adopted),
        field("tmux_socket", &terminal_view::tmux_socket),
        field("tmux_session", &terminal_view::tmux_session), field("pane", &terminal_view::pane),
        field("pane_pid", &terminal_view::pane_pid),
        field("created_at", &terminal_view::created_at),
        field("correlation_id", &terminal_view::correlation_id),
        field("session", &terminal_view::session), field("socket_dir", &terminal_view::socket_dir));
  }
};

/// What its host's program is told to find its server.
inline const std::string& socket_of(const terminal_view& view) {
  return view.host == "tmux" ? view.tmux_socket : view.socket_dir;
}

inline const std::string& session_of(const terminal_view& view) {
  return view.host == "tmux" ? view.tmux_session : view.session;
}

/// Opens a terminal in a tmux server or a zellij session of our own. Result: terminal_view.
struct spawn_terminal {
  std::string name;
  std::string lane;
  std::vector<std::string> command; ///< empty: the user's shell
  std::string working_directory;    ///< absolute; empty: the caller's home
  std::uint16_t columns = 0;        ///< 0: the setting
  std::uint16_t rows = 0;           ///< 0: the setting
  std::string host;                 ///< empty: the setting

  static constexpr auto describe() {
    return messages::command(
        "terminal.spawn", "opens a terminal in a tmux or zellij of the runtime's own",
        field("name", &spawn_terminal::name), field("lane", &spawn_terminal::lane),
        field("command", &spawn_terminal::command),
        field("working_directory", &spawn_terminal::working_directory),
        field("columns", &spawn_terminal::columns), field("rows", &spawn_terminal::rows),
        field("host", &spawn_terminal::host));
  }
};

/// Takes an existing pane of tmux or zellij as a terminal. Result: terminal_view.
struct adopt_terminal {
  std::string name;
  std::string lane;
  std::string tmux_socket;  ///< absolute path; empty: tmux's default for this user
  std::string tmux_session; ///< name or "$id"
  std::string pane;         ///< "%N", "terminal_N"; empty: the session's active pane
  std::string host{};       ///< empty: tmux
  std::string session{};    ///< of another host than tmux: its name, and
  std::string socket_dir{}; ///< the folder that its socket is in, absolute

  static constexpr auto describe() {
    return messages::command(
        "terminal.adopt", "takes an existing pane of tmux or zellij as a terminal",
        field("name", &adopt_terminal::name), field("lane", &adopt_terminal::lane),
        field("tmux_socket", &adopt_terminal::tmux_socket),
        field("tmux_session", &adopt_terminal::tmux_session), field("pane", &adopt_terminal::pane),
        field("host", &adopt_terminal::host), field("session", &adopt_terminal::session),
        field("socket_dir", &adopt_terminal::socket_dir));
  }
};

/// The terminals, oldest first. Result: terminal_list.
struct list_terminals {
  bool all = false; ///< closed ones too

  static constexpr auto describe() {
    return messages::command("terminal.list", "lists the terminals",
                             field("all", &list_terminals::all));
  }
};

struct terminal_list {
  std::vector<terminal_view> terminals;

  static constexpr auto describe() {
    return event("terminal.snapshot", "the open terminals as a subscription begins, oldest first",
                 field("terminals", &terminal_list::terminals));
  }
};

/// Ends a terminal of ours, or forgets an adopted one; its shares end with it. Result:
/// terminal_view.
struct close_terminal {
  std::string terminal; ///< id or name

  static constexpr auto describe() {
    return messages::command("terminal.close", "ends our terminal, or forgets an adopted one",
                             field("terminal", &close_terminal::terminal));
  }
};

struct terminal_spawned {
  terminal_view terminal;

  static constexpr auto describe() {
    return event("terminal.spawned", "a terminal was opened",
                 field("terminal", &terminal_spawned::terminal));
  }
};

struct terminal_adopted {
  terminal_view terminal;

  static constexpr auto describe() {
    return event("terminal.adopted", "an existing pane became a terminal",
                 field("terminal", &terminal_adopted::terminal));
  }
};

struct terminal_closed {
  terminal_view terminal;
  std::string reason;

  static constexpr auto describe() {
    return event("terminal.closed", "a terminal is gone",
                 field("terminal", &terminal_closed::terminal),
                 field("reason", &terminal_closed::reason));
  }
};

} // namespace termlease::messages
