#include "tools/termlease/output/completion.hpp"
#include "messages/approvals.hpp"
#include "messages/shares.hpp"
#include "messages/terminals.hpp"
#include "messages/tokens.hpp"
#include "tools/termlease/command_line.hpp"
#include "tools/termlease/output/safe_text.hpp"
#include "tools/termlease/output/views.hpp"

namespace termlease::cli {

using messages::failed;

namespace {

/// A key press in a shell waits for this.
constexpr std::chrono::milliseconds soon{500};

/// What the runtime knows of that kind, one a line; no runtime knows nothing.
void print_names(const invocation& run, const std::string& kind) {
  auto runtime = run.connect_only();
  auto& out = run.screen.out();
  if (kind == "terminals") {
    for (const auto& each :
         runtime.ask<messages::terminal_list>(messages::list_terminals{}, soon).terminals)
      out << safe(each.name) << '\n';
  } else if (kind == "shares") {
    for (const auto& each : runtime.ask<messages::share_list>(messages::list_shares{}, soon).shares)
      out << safe(short_id(each.share_id)) << '\n';
  } else if (kind == "approvals") {
    for (const auto& each :
         runtime.ask<messages::approval_list>(messages::list_approvals{}, soon).approvals)
      out << safe(short_id(each.approval_id)) << '\n';
  } else if (kind == "tokens") {
    for (const auto& each : runtime.ask<messages::token_list>(messages::list_tokens{}, soon).tokens)
      if (!each.revoked_at) out << safe(each.name) << '\n';
  }
}

} // namespace

void add_completion_commands(CLI::App& program, invocation& run) {
  auto* command =
      add_command(program, heading::running,
                  {"completion", "print what makes your shell complete termlease",
                   "source <(termlease completion bash)        # in ~/.bashrc\n"
                   "source <(termlease completion zsh)         # in ~/.zshrc, behind compinit\n"
                   "termlease completion fish > ~/.config/fish/completions/termlease.fish"});
  const auto shell_name = std::make_shared<shell>(shell::bash);
  add_choice(command, "SHELL", *shell_name, {"bash", "zsh", "fish"}, "bash, zsh or fish")
      ->required();
  on_run(command, run, [shell_name, &program, &run] {
    run.screen.out() << completion_script(program, *shell_name);
    return exit_code::done;
  });

  // For the scripts alone, hence hidden: names that only the runtime knows.
  auto* names = add_command(program, "", {"complete-names", "names for the completion", ""});
  const auto kind = std::make_shared<std::string>();
  add_text(names, "KIND", *kind, "KIND", "")->required();
  on_run(names, run, [kind, &run] {
    try {
      print_names(run, *kind);
    } catch (const failed&) {
      // A shell that completes has no place for an error.
      return exit_code::failed;
    }
    return exit_code::done;
  });
}

} // namespace termlease::cli
