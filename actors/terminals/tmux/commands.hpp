#pragma once

// Why: tmux is spoken to through its own program, one short command each. What is said and how the
// answer is read is here, as plain functions, so that it can be tested without a tmux.

#include "messages/edges.hpp"
#include "messages/terminals.hpp"

#include <string>

namespace termlease::actors::tmux {

/// Where a pane is, as tmux says it.
struct pane_facts {
  std::string session_id; ///< "$1"
  std::string session;    ///< its name
  std::string pane;       ///< "%2"
  std::int32_t pane_pid = 0;
};

struct server {
  std::string program; ///< absolute path
  std::string socket;  ///< absolute path
  std::string config;  ///< file; empty: none
};

messages::run_program new_session(const server& at, const messages::spawn_terminal& wanted);

/// Asks for the pane of `target`: a session's name or id, or a pane id.
messages::run_program find_pane(const server& at, const std::string& target);

messages::run_program kill_session(const server& at, const std::string& session_id);

/// Why the session may still be there after `kill_session`; none when it is gone.
messages::failure kill_problem(const messages::program_result& result);

/// Reads what the first two answer; throws `failed` (`tmux_failed`, `no_such_session`).
pane_facts read_pane(const messages::program_result& result);

} // namespace termlease::actors::tmux
