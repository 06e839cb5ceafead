#pragma once

// Why: thirty commands should look as if one hand had made them. What each of them needs, a
// sentence, examples, options that read lengths of time, is made here.

#include "messages/names.hpp"
#include "messages/time.hpp"
#include "tools/termlease/invocation.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>
#include <vector>

namespace termlease::cli {

/// Headings under which `termlease --help` lists the commands.
namespace heading {
inline constexpr const char* sharing = "Share a terminal";
inline constexpr const char* terminals = "Terminals";
inline constexpr const char* deciding = "Decide who may";
inline constexpr const char* looking = "Look and check";
inline constexpr const char* running = "The runtime";
} // namespace heading

struct command_text {
  const char* name;
  const char* what;     ///< one line, no full stop
  const char* examples; ///< lines, each "termlease …", a comment behind "#"
};

/// A command with its help. `parent` may be the program or a command with commands of its own.
CLI::App* add_command(CLI::App& parent, const char* group, const command_text& text);

/// What runs when the whole line was understood.
void on_run(CLI::App* command, invocation& run, std::function<exit_code()> action);

/// An option for a length of time; a malformed one, or zero where that is senseless, is a usage
/// error.
enum class zero { forbidden, allowed };
CLI::Option* add_span(CLI::App* command, const std::string& name, messages::span& into,
                      const std::string& help, zero when_zero = zero::forbidden);

/// An option that takes one word; values that look like lists are left as they are.
CLI::Option* add_text(CLI::App* command, const std::string& name, std::string& into,
                      const std::string& type, const std::string& help);

/// Reads a length of time that was written on the command line.
messages::span span_argument(const std::string& name, const std::string& text, zero when_zero);

/// Reads a moment that was written behind --since: RFC 3339, or "2h" for two hours ago; not set for
/// an empty text.
messages::instant since_argument(const std::string& text);

/// An option for one of the words of an enum.
template <messages::is_named E>
CLI::Option* add_choice(CLI::App* command, const std::string& name, E& into,
                        const std::vector<std::string>& words, const std::string& help) {
  std::string type;
  for (const auto& each : words) type += (type.empty() ? "" : "|") + each;
  return command
      ->add_option_function<std::string>(
          name,
          [name, words, type, &into](const std::string& text) {
            const auto value = messages::value_named<E>(text);
            if (!value || std::find(words.begin(), words.end(), text) == words.end())
              throw usage_error("usage", name + " can't be '" + text + "'", "give one of: " + type);
            into = *value;
          },
          help)
      ->type_name(type);
}

/// All commands. `run` outlives the program's App.
void add_terminal_commands(CLI::App& program, invocation& run);
void add_share_command(CLI::App& program, invocation& run);
void add_share_list_commands(CLI::App& program, invocation& run);
void add_share_switch_command(CLI::App& program, invocation& run);
void add_share_end_commands(CLI::App& program, invocation& run);
void add_guest_commands(CLI::App& program, invocation& run);
void add_watch_command(CLI::App& program, invocation& run);
void add_approval_commands(CLI::App& program, invocation& run);
void add_audit_commands(CLI::App& program, invocation& run);
void add_tree_commands(CLI::App& program, invocation& run);
void add_top_command(CLI::App& program, invocation& run);
void add_trace_commands(CLI::App& program, invocation& run);
void add_why_command(CLI::App& program, invocation& run);
void add_chaos_commands(CLI::App& program, invocation& run);
void add_token_commands(CLI::App& program, invocation& run);
void add_policy_commands(CLI::App& program, invocation& run);
void add_scenario_commands(CLI::App& program, invocation& run);
void add_scenario_incident_commands(CLI::App& parent, invocation& run);
void add_doctor_command(CLI::App& program, invocation& run);
void add_daemon_command(CLI::App& program, invocation& run);
void add_introspection_commands(CLI::App& program, invocation& run);
void add_completion_commands(CLI::App& program, invocation& run);

/// The whole program, with its global options bound to `run`.
std::unique_ptr<CLI::App> make_program(invocation& run);

} // namespace termlease::cli
