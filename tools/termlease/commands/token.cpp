#include "messages/tokens.hpp"
#include "tools/termlease/command_line.hpp"
#include "tools/termlease/output/safe_text.hpp"
#include "tools/termlease/output/views.hpp"

namespace termlease::cli {

namespace {

void add_create(CLI::App& parent, invocation& run) {
  auto* command =
      add_command(parent, "Commands",
                  {"create", "make a token and show it, this once",
                   "termlease token create ann --kind human\n"
                   "TERMLEASE_TOKEN=$(termlease token create bot --kind agent) my-agent"});
  const auto asked = std::make_shared<messages::create_token>();
  add_text(command, "NAME", asked->name, "NAME", "who will call with it")->required();
  add_choice(command, "--kind", asked->kind, {"human", "agent"}, "a person or an AI agent")
      ->required();
  on_run(command, run, [asked, &run] {
    const auto made = run.connect().ask<messages::new_token>(*asked);
    if (run.screen.json()) {
      run.screen.print(messages::encode(made));
      return exit_code::done;
    }
    const auto who = messages::to_text(messages::identity{made.token.kind, made.token.name});
    run.screen.note("This token speaks for " + safe(who) + ". It is shown only now:\n");
    run.screen.out() << safe(made.text.text) << '\n';
    run.screen.note("\nWhoever has it sets TERMLEASE_TOKEN to it. Worthless again: termlease token "
                    "revoke " +
                    safe(made.token.name));
    return exit_code::done;
  });
}

void add_revoke(CLI::App& parent, invocation& run) {
  auto* command = add_command(parent, "Commands",
                              {"revoke", "make a token worthless", "termlease token revoke ann"});
  const auto asked = std::make_shared<messages::revoke_token>();
  add_text(command, "NAME", asked->name, "NAME", "the token's name")->required();
  on_run(command, run, [asked, &run] {
    const auto token = run.connect().ask<messages::token_view>(*asked);
    if (run.screen.json())
      run.screen.print(messages::encode(token));
    else
      run.screen.done("the token " + safe(token.name) + " is worthless now");
    return exit_code::done;
  });
}

} // namespace

void add_token_commands(CLI::App& program, invocation& run) {
  auto* token = add_command(program, heading::deciding,
                            {"token", "make or revoke a token for a second person or an agent",
                             "termlease token create ann --kind human"});
  token->require_subcommand(1);
  add_create(*token, run);
  add_revoke(*token, run);

  auto* list = add_command(program, heading::deciding,
                           {"tokens", "list who may call with a token", "termlease tokens"});
  on_run(list, run, [&run] {
    const auto found = run.connect().ask<messages::token_list>(messages::list_tokens{}).tokens;
    if (run.screen.json())
      run.screen.print(messages::encode(found));
    else
      print_tokens(run.screen, found);
    return exit_code::done;
  });
}

} // namespace termlease::cli
