#include "actors/terminals/zellij/commands.hpp"

#include "config/version.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <sstream>

namespace termlease::actors::zellij {

using messages::failed;
using messages::failure;
using messages::json;
using messages::program_result;
using messages::run_program;

namespace {

constexpr std::size_t longest_session_name = 80;
constexpr std::size_t most_panes = 10000;
constexpr std::string_view pane_prefix = "terminal_";

run_program command(const place& at, std::vector<std::string> words) {
  run_program wanted{{at.program}, {}};
  wanted.argv.insert(wanted.argv.end(), words.begin(), words.end());
  wanted.variables = {"ZELLIJ_SOCKET_DIR=" + at.sockets};
  return wanted;
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

bool knows_no_such(const program_result& result) {
  return std::ranges::any_of(std::array{"not found", "No session named", "no active session"},
                             [&](const char* words) {
                               return result.errors.find(words) != std::string::npos ||
                                      result.output.find(words) != std::string::npos;
                             });
}

failure no_such(const std::string& what) {
  return {"no_such_session", "zellij knows no such " + what,
          "`zellij list-sessions` lists the sessions; --zellij-sockets names another folder",
          false};
}

/// The number of a terminal's pane; nothing for what is none.
std::optional<std::uint64_t> pane_number(const json& pane) {
  if (!pane.is_object() || pane.value("is_plugin", json(true)) != json(false)) return {};
  if (pane.value("exited", json(false)) != json(false)) return {};
  const auto id = pane.find("id");
  if (id == pane.end() || !id->is_number_unsigned()) return {};
  return id->get<std::uint64_t>();
}

} // namespace

run_program version(const place& at) {
  return command(at, {"--version"});
}

run_program new_session(const place& at, const std::string& config,
                        const messages::spawn_terminal& wanted) {
  auto made = command(at, {"--config", config, "attach", "--create-background", wanted.name});
  if (!wanted.command.empty()) {
    made.argv.insert(made.argv.end(), {"--close-on-exit", "--"});
    made.argv.insert(made.argv.end(), wanted.command.begin(), wanted.command.end());
  }
  made.working_directory = wanted.working_directory;
  // What its panes are, whatever the terminal that the runtime was once started from.
  made.variables.insert(made.variables.end(), {"TERM=xterm-256color", "COLORTERM=truecolor"});
  return made;
}

run_program list_sessions(const place& at) {
  return command(at, {"list-sessions", "--short", "--no-formatting"});
}

run_program list_panes(const place& at, const std::string& session) {
  return command(at, {"--session", session, "action", "list-panes", "--all", "--json"});
}

run_program kill_session(const place& at, const std::string& session) {
  return command(at, {"kill-session", session});
}

messages::find_process pane_process(const std::string& sockets, const std::string& session,
                                    const std::string& pane) {
  return {{"ZELLIJ_SESSION_NAME=" + session, "ZELLIJ_PANE_ID=" + pane.substr(pane_prefix.size())},
          sockets + "/",
          "/" + session};
}

failure version_problem(const program_result& result, const std::string& program) {
  if (result.problem) return result.problem;
  const auto version = config::version_in(result.output);
  if (result.status == 0 && config::is_recent_enough(version, config::oldest_zellij)) return {};
  return {"host_too_old",
          program + " is zellij " + (version.empty() ? "of an unknown version" : version) +
              ", and " + std::string(config::oldest_zellij) + " is needed",
          "build one with tools/hosts/build-zellij, and name it in the setting terminals.zellij",
          false};
}

bool has_session(const program_result& result, const std::string& session) {
  std::istringstream lines(result.output);
  for (std::string line; std::getline(lines, line);)
    if (line == session) return true;
  return false;
}

std::string read_pane(const program_result& result, const std::string& wanted) {
  if (result.problem) throw failed(result.problem);
  if (result.status != 0)
    throw failed(knows_no_such(result) ? no_such("session") : zellij_failed(result));
  json panes;
  try {
    panes = messages::parse_json(result.output);
  } catch (const failed&) {
    // Now and then zellij's program ends well and says nothing, or half of it: ask again.
    return {};
  }
  if (!panes.is_array() || panes.size() > most_panes)
    throw failed("zellij_failed", "zellij's list of panes can't be read", "see `termlease doctor`");
  std::optional<std::uint64_t> first;
  std::optional<std::uint64_t> focused;
  for (const auto& each : panes) {
    const auto number = pane_number(each);
    if (!number) continue;
    if (std::string(pane_prefix) + std::to_string(*number) == wanted) return wanted;
    first = std::min(first.value_or(*number), *number);
    if (!focused && each.value("is_focused", json(false)) == json(true)) focused = number;
  }
  if (!wanted.empty()) throw failed(no_such("pane"));
  if (!first) return {};
  return std::string(pane_prefix) + std::to_string(focused.value_or(*first));
}

failure kill_problem(const program_result& result) {
  if (result.problem) return result.problem;
  return result.status == 0 || knows_no_such(result) ? failure{} : zellij_failed(result);
}

failure zellij_failed(const program_result& result) {
  if (result.problem) return result.problem;
  auto said = first_line(result.errors);
  if (said.empty()) said = first_line(result.output);
  return {"zellij_failed", "zellij said: " + (said.empty() ? "nothing" : said),
          "see `termlease doctor`", false};
}

bool is_session_name(const std::string& name) {
  return !name.empty() && name.size() <= longest_session_name && name.front() != '-' &&
         name.front() != '.' && std::ranges::none_of(name, [](unsigned char each) {
           return each == '/' || each < 0x20 || each == 0x7f;
         });
}

bool is_pane(const std::string& name) {
  const auto digits = name.size() - std::min(name.size(), pane_prefix.size());
  return name.starts_with(pane_prefix) && digits >= 1 && digits <= 9 &&
         std::all_of(name.begin() + static_cast<std::ptrdiff_t>(pane_prefix.size()), name.end(),
                     [](unsigned char each) { return std::isdigit(each) != 0; });
}

std::string standard_config() {
  return "// Of Termlease's own zellij sessions; written anew when one is opened. The setting\n"
         "// terminals.zellij_config names another file.\n"
         "session_serialization false // what was lent is not kept on the disk\n"
         "web_sharing \"disabled\"\n"
         "on_force_close \"detach\"\n"
         "show_startup_tips false\n"
         "show_release_notes false\n";
}

} // namespace termlease::actors::zellij
