#pragma once

// Why: zellij is spoken to through its own program, one short command each, and always by the
// session's name: without one it would speak to any session that it finds. Its sockets lie in a
// folder, and which one is said with every command, since a wrong folder is a wrong session of the
// same name. What it says is untrusted: a pane's title may hold anything.

#include "messages/edges.hpp"
#include "messages/failure.hpp"
#include "messages/terminals.hpp"

#include <string>

namespace termlease::actors::zellij {

struct place {
  std::string program; ///< absolute path
  std::string sockets; ///< absolute path of a folder
};

messages::run_program version(const place& at);

/// `config` is a file. The session belongs to nobody's terminal, and is 50 columns wide and 50 rows
/// high until somebody attaches to it: zellij takes no size.
messages::run_program new_session(const place& at, const std::string& config,
                                  const messages::spawn_terminal& wanted);

messages::run_program list_sessions(const place& at);

messages::run_program list_panes(const place& at, const std::string& session);

messages::run_program kill_session(const place& at, const std::string& session);

/// The first process of a pane: zellij doesn't tell it, but its panes know where they are.
messages::find_process pane_process(const std::string& sockets, const std::string& session,
                                    const std::string& pane);

/// Why `version` was not answered by a program that is recent enough; none when it was.
messages::failure version_problem(const messages::program_result& result,
                                  const std::string& program);

/// Whether the list that `list_sessions` gave has this session. A session of that name must not be
/// made again: zellij would, and the one before could not be reached any more.
bool has_session(const messages::program_result& result, const std::string& session);

/// The pane that is meant: `wanted`, or the one with the focus, else the first, when it is empty.
/// Empty where there is no pane yet, or no answer. Throws `failed` (`zellij_failed`,
/// `no_such_session`).
std::string read_pane(const messages::program_result& result, const std::string& wanted);

/// Why the session may still be there after `kill_session`; none when it is gone.
messages::failure kill_problem(const messages::program_result& result);

/// What went wrong, in zellij's words.
messages::failure zellij_failed(const messages::program_result& result);

/// Whether a session can have this name: it is a part of a path, and never an option.
bool is_session_name(const std::string& name);

/// "terminal_3": zellij calls its own plugins "plugin_3", and those are never lent.
bool is_pane(const std::string& name);

/// What our own sessions are configured by, unless a setting names another file.
std::string standard_config();

} // namespace termlease::actors::zellij
