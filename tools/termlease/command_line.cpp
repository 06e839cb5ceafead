#include "tools/termlease/command_line.hpp"

#include "tools/termlease/output/help.hpp"
#include "tools/termlease/output/times.hpp"

namespace termlease::cli {

namespace {

constexpr const char* overview_examples =
    "termlease terminal new demo            # a terminal to lend\n"
    "termlease share demo --ttl 30m         # a link for a guest who may look\n"
    "termlease share                        # inside tmux: this very pane\n"
    "termlease revoke 3f2a9c1d              # everybody out, at once";

} // namespace

CLI::App* add_command(CLI::App& parent, const char* group, const command_text& text) {
  auto* command = parent.add_subcommand(text.name, text.what);
  command->group(group);
  command->footer(text.examples);
  command->fallthrough();
  return command;
}

void on_run(CLI::App* command, invocation& run, std::function<exit_code()> action) {
  command->callback([command, &run, action = std::move(action)] {
    // A command's own callback comes after those of its commands.
    if (command->get_subcommands().empty()) run.action = action;
  });
}

messages::span span_argument(const std::string& name, const std::string& text, zero when_zero) {
  messages::span value;
  try {
    value = messages::parse_span(text);
  } catch (const messages::failed& problem) {
    throw usage_error(problem.why().code, name + ": " + problem.why().message,
                      problem.why().details.hint);
  }
  if (value.ms == 0 && when_zero == zero::forbidden)
    throw usage_error("bad_duration", name + " can't be zero",
                      "give a length of time, for example 30m");
  return value;
}

CLI::Option* add_span(CLI::App* command, const std::string& name, messages::span& into,
                      const std::string& help, zero when_zero) {
  return command
      ->add_option_function<std::string>(
          name,
          [name, when_zero, &into](const std::string& text) {
            into = span_argument(name, text, when_zero);
          },
          help)
      ->type_name("TIME");
}

messages::instant since_argument(const std::string& text) {
  if (text.empty()) return {};
  try {
    return messages::parse_instant(text);
  } catch (const messages::failed&) {
  }
  try {
    return now() - messages::parse_span(text);
  } catch (const messages::failed&) {
    throw usage_error("bad_time", "--since: '" + text + "' is neither a time nor a length of time",
                      "write 2026-03-01T12:00:00Z, or 2h for the last two hours");
  }
}

CLI::Option* add_text(CLI::App* command, const std::string& name, std::string& into,
                      const std::string& type, const std::string& help) {
  return command->add_option(name, into, help)->type_name(type);
}

std::unique_ptr<CLI::App> make_program(invocation& run) {
  auto program =
      std::make_unique<CLI::App>("Lend a terminal: asked for, limited in time, taken back "
                                 "at once, and written down",
                                 "termlease");
  program->formatter(std::make_shared<help_formatter>());
  program->set_help_flag("-h,--help", "this help");
  program->set_version_flag("--version", "termlease " TERMLEASE_VERSION, "the version");
  program->require_subcommand(0, 1);
  program->footer(overview_examples);
  program->add_flag("--json", run.options.json, "JSON on stdout, errors too");
  program->add_flag("-q,--quiet", run.options.quiet, "only what was asked for");
  program->add_flag("--no-start", run.options.no_start,
                    "don't start the runtime when it isn't there");
  program->add_flag("--no-color", run.options.no_color, "no colours (as NO_COLOR)");
  add_share_command(*program, run);
  add_share_list_commands(*program, run);
  add_share_switch_command(*program, run);
  add_share_end_commands(*program, run);
  add_guest_commands(*program, run);
  add_terminal_commands(*program, run);
  add_approval_commands(*program, run);
  add_policy_commands(*program, run);
  add_scenario_commands(*program, run);
  add_token_commands(*program, run);
  add_watch_command(*program, run);
  add_audit_commands(*program, run);
  add_tree_commands(*program, run);
  add_top_command(*program, run);
  add_trace_commands(*program, run);
  add_why_command(*program, run);
  add_chaos_commands(*program, run);
  add_doctor_command(*program, run);
  add_daemon_command(*program, run);
  add_introspection_commands(*program, run);
  add_completion_commands(*program, run);
  return program;
}

} // namespace termlease::cli
