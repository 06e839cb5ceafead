#include "tools/termlease/output/completion.hpp"

#include "tools/termlease/output/help.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace termlease::cli {

namespace {

struct option_words {
  std::string name;
  std::string doc;
  bool takes_value = false;
  std::vector<std::string> values; ///< when it takes one of a few words
};

struct command_words {
  std::string path; ///< "terminal new"; empty: the program
  std::string doc;
  std::vector<std::pair<std::string, std::string>> commands; ///< name and doc
  std::vector<option_words> options;
  std::string arguments; ///< what `complete-names` is asked for, or "files"; may be empty
};

/// What the first argument of a command names.
std::string argument_kind(std::string_view path) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kinds{
      {{"share", "terminals"},
       {"terminal attach", "terminals"},
       {"terminal close", "terminals"},
       {"show", "shares"},
       {"extend", "shares"},
       {"revoke", "shares"},
       {"stop", "shares"},
       {"approve", "approvals"},
       {"deny", "approvals"},
       {"token revoke", "tokens"},
       {"policy check", "files"},
       {"completion", "shells"}}};
  const auto found = std::ranges::find(kinds, path, [](const auto& each) { return each.first; });
  return found == kinds.end() ? std::string{} : std::string(found->second);
}

std::vector<std::string> choices_in(const std::string& type) {
  if (type.find('|') == std::string::npos) return {};
  return CLI::detail::split(type, '|');
}

void add_options(const CLI::App* from, std::vector<option_words>& into) {
  for (const auto* each : from->get_options()) {
    if (each->get_group().empty() || each->get_lnames().empty()) continue;
    const auto name = "--" + each->get_lnames().front();
    if (std::ranges::find(into, name, &option_words::name) != into.end()) continue;
    const bool takes_value = each->get_items_expected_max() > 0;
    into.push_back({name, each->get_description(), takes_value,
                    takes_value ? choices_in(each->get_type_name()) : std::vector<std::string>{}});
  }
}

void collect(const CLI::App* command, std::vector<command_words>& into) {
  command_words words;
  const auto typed = typed_name(command);
  const auto space = typed.find(' ');
  if (space != std::string::npos) words.path = typed.substr(space + 1);
  words.doc = command->get_description();
  for (const auto* at = command; at; at = at->get_parent()) add_options(at, words.options);
  words.arguments = argument_kind(words.path);
  const auto commands =
      command->get_subcommands([](const CLI::App* each) { return !each->get_group().empty(); });
  for (const auto* each : commands)
    words.commands.emplace_back(each->get_name(), each->get_description());
  into.push_back(std::move(words));
  for (const auto* each : commands) collect(each, into);
}

std::string in_quotes(std::string_view text) {
  std::string result = "'";
  for (const char each : text) result += each == '\'' ? std::string("'\\''") : std::string(1, each);
  return result + "'";
}

/// bash and zsh: one function looks up the words of a command; zsh reads it through bashcompinit.
std::string bash_script(const std::vector<command_words>& all) {
  std::string script = R"sh(# termlease: completion for bash
_termlease() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path='' word words='' kind=''
  local i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    [[ $word == -* ]] && continue
    case "${path:+$path }$word" in
)sh";
  std::string paths;
  for (const auto& each : all)
    if (!each.path.empty()) paths += (paths.empty() ? "" : "|") + in_quotes(each.path);
  script +=
      "      " + paths + ") path=${path:+$path }$word ;;\n      *) break ;;\n    esac\n  done\n";
  script += "  case \"$path $prev\" in\n";
  for (const auto& each : all)
    for (const auto& option : each.options) {
      if (!option.takes_value) continue;
      std::string values;
      for (const auto& value : option.values) values += (values.empty() ? "" : " ") + value;
      const bool file = option.name == "--key" || option.name == "--tmux-socket" ||
                        option.name == "--zellij-sockets";
      script += "    " + in_quotes(each.path + " " + option.name) + ") COMPREPLY=($(compgen " +
                (file ? "-f" : "-W " + in_quotes(values)) + " -- \"$cur\")); return ;;\n";
    }
  script += "  esac\n  case \"$path\" in\n";
  for (const auto& each : all) {
    std::string words;
    for (const auto& [name, doc] : each.commands) words += name + " ";
    for (const auto& option : each.options) words += option.name + " ";
    if (each.arguments == "shells") words += "bash zsh fish ";
    script += "    " + in_quotes(each.path) + ") words=" + in_quotes(words) +
              " kind=" + in_quotes(each.arguments) + " ;;\n";
  }
  return script + R"sh(  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  [[ $cur == -* ]] && return
  case "$kind" in
    files) COMPREPLY+=($(compgen -f -- "$cur")) ;;
    terminals|shares|approvals|tokens)
      COMPREPLY+=($(compgen -W "$("${COMP_WORDS[0]}" complete-names "$kind" 2>/dev/null)" -- "$cur")) ;;
  esac
}
complete -F _termlease termlease
)sh";
}

std::string zsh_script(const std::vector<command_words>& all) {
  return "#compdef termlease\nautoload -Uz bashcompinit && bashcompinit\n" + bash_script(all) +
         R"sh(# Where compinit loads this file, it does so for a completion that wants its answer.
if [[ ${funcstack[1]} == _termlease ]]; then _bash_complete -F _termlease; fi
)sh";
}

/// A fish condition: the words so far begin with this command ("at"), or are all of it ("just").
std::string fish_condition(const std::string& how, const std::string& path) {
  return path.empty() ? "__fish_use_subcommand" : "__termlease_" + how + " " + path;
}

std::string fish_script(const std::vector<command_words>& all) {
  std::string script = R"sh(# termlease: completion for fish
function __termlease_at
    set -l words (string match -v -- '-*' (commandline -opc))
    set -e words[1]
    set -l depth (count $argv)
    test (count $words) -ge $depth; or return 1
    test "$words[1..$depth]" = "$argv"
end
function __termlease_just
    __termlease_at $argv; or return 1
    test (count (string match -v -- '-*' (commandline -opc))) -eq (math (count $argv) + 1)
end
complete -c termlease -f
)sh";
  for (const auto& each : all) {
    const auto begin = "complete -c termlease -n " + in_quotes(fish_condition("at", each.path));
    const auto names = "complete -c termlease -n " + in_quotes(fish_condition("just", each.path));
    for (const auto& [name, doc] : each.commands)
      script += names + " -a " + in_quotes(name) + " -d " + in_quotes(doc) + "\n";
    for (const auto& option : each.options) {
      script += begin + " -l " + option.name.substr(2) + " -d " + in_quotes(option.doc);
      std::string values;
      for (const auto& value : option.values) values += (values.empty() ? "" : " ") + value;
      if (option.takes_value) script += values.empty() ? " -r -F" : " -x -a " + in_quotes(values);
      script += "\n";
    }
    if (each.arguments == "files")
      script += begin + " -F\n";
    else if (each.arguments == "shells")
      script += begin + " -a 'bash zsh fish'\n";
    else if (!each.arguments.empty())
      script += begin + " -a '(termlease complete-names " + each.arguments + " 2>/dev/null)'\n";
  }
  return script;
}

} // namespace

std::string completion_script(const CLI::App& program, shell for_shell) {
  std::vector<command_words> all;
  collect(&program, all);
  switch (for_shell) {
  case shell::bash:
    return bash_script(all);
  case shell::zsh:
    return zsh_script(all);
  case shell::fish:
    return fish_script(all);
  }
  return {};
}

} // namespace termlease::cli
