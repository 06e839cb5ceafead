#include "actors/terminals/tmux/commands.hpp"

#include "messages/failure.hpp"

#include <algorithm>
#include <array>
#include <sstream>

namespace termlease::actors::tmux {

using messages::failed;
using messages::program_result;
using messages::run_program;

namespace {

constexpr auto facts_format = "#{session_id}\t#{pane_id}\t#{pane_pid}\t#{session_name}";

std::vector<std::string> command(const server& at, std::initializer_list<std::string> words) {
  std::vector<std::string> argv{at.program, "-S", at.socket};
  argv.insert(argv.end(), words);
  return argv;
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

bool knows_no_such(const program_result& result) {
  return std::ranges::any_of(std::array{"can't find", "no server", "error connecting"},
                             [said = first_line(result.errors)](const char* words) {
                               return said.find(words) != std::string::npos;
                             });
}

messages::failure tmux_failed(const program_result& result) {
  const auto said = first_line(result.errors);
  return {"tmux_failed", "tmux said: " + (said.empty() ? "nothing" : said),
          "see `termlease doctor`", false};
}

} // namespace

run_program new_session(const server& at, const messages::spawn_terminal& wanted) {
  auto argv = command(at, {"-f", at.config.empty() ? "/dev/null" : at.config, "new-session", "-d",
                           "-P", "-F", facts_format, "-s", wanted.name, "-x",
                           std::to_string(wanted.columns), "-y", std::to_string(wanted.rows)});
  if (!wanted.working_directory.empty()) argv.insert(argv.end(), {"-c", wanted.working_directory});
  if (!wanted.command.empty()) {
    argv.emplace_back("--");
    argv.insert(argv.end(), wanted.command.begin(), wanted.command.end());
  }
  return {std::move(argv), wanted.working_directory};
}

run_program find_pane(const server& at, const std::string& target) {
  // "=" asks for exactly that name instead of one that begins with it.
  const bool is_id = target.starts_with('$') || target.starts_with('%');
  return {command(at, {"display-message", "-p", "-t", is_id ? target : "=" + target + ":",
                       facts_format}),
          {}};
}

run_program kill_session(const server& at, const std::string& session_id) {
  return {command(at, {"kill-session", "-t", session_id}), {}};
}

pane_facts read_pane(const program_result& result) {
  if (result.problem) throw failed(result.problem);
  const auto line = first_line(result.output);
  pane_facts facts;
  std::istringstream words(line);
  if (result.status == 0 && std::getline(words, facts.session_id, '\t') &&
      std::getline(words, facts.pane, '\t') && words >> facts.pane_pid && words.get() == '\t' &&
      std::getline(words, facts.session) && facts.session_id.starts_with('$') &&
      facts.pane.starts_with('%') && facts.pane_pid > 0)
    return facts;
  // display-message answers an unknown target with empty fields and no error.
  if (result.status == 0 || knows_no_such(result))
    throw failed("no_such_session", "tmux knows no such session or pane",
                 "`tmux ls` lists the sessions; --tmux-socket names another server");
  throw failed(tmux_failed(result));
}

messages::failure kill_problem(const program_result& result) {
  if (result.problem) return result.problem;
  return result.status == 0 || knows_no_such(result) ? messages::failure{} : tmux_failed(result);
}

} // namespace termlease::actors::tmux
