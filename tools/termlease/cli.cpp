#include "tools/termlease/cli.hpp"

#include "config/nearest.hpp"
#include "tools/termlease/command_line.hpp"
#include "tools/termlease/output/help.hpp"

#include <algorithm>

namespace termlease::cli {

namespace {

using arguments = std::vector<std::string>;

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known,
                         const std::string& otherwise) {
  const std::vector<std::string_view> candidates(known.begin(), known.end());
  const auto meant = config::nearest(word, candidates);
  return meant.empty() ? otherwise : "did you mean '" + meant + "'? Otherwise: " + otherwise;
}

std::vector<std::string> command_names(const CLI::App& of) {
  std::vector<std::string> names;
  for (const auto* each :
       of.get_subcommands([](const CLI::App* any) { return !any->get_group().empty(); }))
    names.push_back(each->get_name());
  return names;
}

std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const auto* at = &command; at; at = at->get_parent())
    for (const auto* each : at->get_options())
      for (const auto& name : each->get_lnames())
        if (!each->get_group().empty()) names.push_back("--" + name);
  return names;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& each : words) text += (text.empty() ? "" : ", ") + each;
  return text;
}

std::string help_of(const CLI::App& command) {
  return "see `" + typed_name(&command) + " --help`";
}

/// Whether the next word belongs to this one, as in "--since 2h".
bool takes_next_word(const CLI::App& command, const std::string& word) {
  const auto* option = command.get_option_no_throw(word);
  return option && option->get_items_expected_max() > 0;
}

/// The command that a line names. Throws `usage_error` for a word that is no command.
const CLI::App& command_named(const CLI::App& program, const arguments& line) {
  const auto* at = &program;
  bool is_value = false;
  for (const auto& word : line) {
    const auto commands = at->get_subcommands([](const CLI::App*) { return true; });
    if (commands.empty() || word == "--") break;
    const bool skip = is_value || word.starts_with('-');
    is_value = !is_value && word.starts_with('-') && takes_next_word(*at, word);
    if (skip) continue;
    const auto found = std::ranges::find_if(
        commands, [&](const CLI::App* each) { return each->check_name(word); });
    if (found == commands.end()) {
      const bool top = at == &program;
      throw usage_error("unknown_command", "'" + word + "' is not a command of " + typed_name(at),
                        did_you_mean(word, command_names(*at),
                                     top ? "`termlease --help` lists the commands" : help_of(*at)));
    }
    at = *found;
  }
  return *at;
}

/// A complaint of the parser in our words. What no command took is left with the program.
usage_error usage_error_from(const CLI::ParseError& problem, const CLI::App& program,
                             const CLI::App& command) {
  std::string what = problem.what();
  std::string next = help_of(command);
  const auto unknown = program.remaining(true);
  if (problem.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError) &&
      !unknown.empty()) {
    const auto& first = unknown.front();
    what = first.starts_with('-')
               ? typed_name(&command) + " has no option " + first
               : "'" + first + "' is one argument too many for " + typed_name(&command);
    if (first.starts_with("--")) next = did_you_mean(first, option_names(command), next);
  } else if (!command.get_subcommands([](const CLI::App*) { return true; }).empty()) {
    what = typed_name(&command) + " needs to be told what to do: " + joined(command_names(command));
  }
  return usage_error("usage", what, next);
}

/// "help X" is "X --help"; nothing at all is "--help".
arguments with_help_spelled_out(arguments line) {
  if (line.empty()) return {"--help"};
  if (line.front() != "help") return line;
  line.erase(line.begin());
  line.emplace_back("--help");
  return line;
}

bool has_word(const arguments& line, std::string_view word) {
  const auto end = std::ranges::find(line, "--");
  return std::find(line.begin(), end, word) != end;
}

/// What follows "--" is a program of the user's: not a word of it is ours to read.
void set_rest_apart(const CLI::App& command, arguments& line, invocation& run) {
  const auto mark = std::ranges::find(line, "--");
  if (mark == line.end() || typed_name(&command) != "termlease terminal new") return;
  run.rest.assign(mark + 1, line.end());
  line.erase(mark, line.end());
}

exit_code parse_and_run(CLI::App& program, arguments line, invocation& run) {
  const auto& command = command_named(program, line);
  set_rest_apart(command, line, run);
  std::ranges::reverse(line);
  try {
    program.parse(std::move(line));
  } catch (const CLI::CallForHelp&) {
    run.screen.out() << program.help();
    return exit_code::done;
  } catch (const CLI::CallForVersion& version) {
    run.screen.out() << version.what() << '\n';
    return exit_code::done;
  } catch (const CLI::ParseError& problem) {
    throw usage_error_from(problem, program, command);
  }
  run.screen.set_quiet(run.options.quiet);
  if (!run.action) throw usage_error("usage", "no command was given", help_of(program));
  return run.action();
}

exit_code code_told(const console& screen, const messages::failure& why, exit_code code) {
  report(screen, why);
  return code;
}

exit_code run_on(console& screen, const arguments& line) {
  try {
    invocation run(screen);
    const auto program = make_program(run);
    return parse_and_run(*program, with_help_spelled_out(line), run);
  } catch (const usage_error& problem) {
    return code_told(screen, problem.why(), exit_code::usage);
  } catch (const messages::failed& problem) {
    return code_told(screen, problem.why(), exit_code_of(problem.why()));
  } catch (const std::exception& problem) {
    return code_told(screen, {"unexpected", problem.what(), "please report this"},
                     exit_code::failed);
  }
}

} // namespace

int run(const arguments& line, const streams& to) {
  console screen(to.out, to.err);
  // Known before the line is parsed: a mistake on it is told in the form that it asks for.
  screen.set_json(has_word(line, "--json"));
  const auto no_color = variable("NO_COLOR");
  const auto term = variable("TERM");
  const auto style_for = [&](bool terminal) {
    return style(wants_colour({terminal, has_word(line, "--no-color"), no_color, term}));
  };
  screen.set_styles(style_for(to.out_terminal), style_for(to.err_terminal));
  const auto code = run_on(screen, line);
  to.out.flush();
  to.err.flush();
  return static_cast<int>(code);
}

} // namespace termlease::cli
