#include "messages/approvals.hpp"
#include "messages/shares.hpp"
#include "tools/termlease/command_line.hpp"
#include "tools/termlease/output/safe_text.hpp"
#include "tools/termlease/output/views.hpp"

namespace termlease::cli {

using messages::approval_state;
using messages::approval_view;

namespace {

std::string outcome(const approval_view& approval) {
  switch (approval.state) {
  case approval_state::approved:
    return "is approved";
  case approval_state::denied:
    return "is denied";
  case approval_state::pending:
    return "has your answer; others are still asked";
  case approval_state::expired:
    return "was not answered in time";
  case approval_state::withdrawn:
    return "was withdrawn";
  }
  return "is unknown";
}

exit_code resolve(const invocation& run, const messages::resolve_approval& asked) {
  const auto approval = run.connect().ask<approval_view>(asked);
  if (run.screen.json())
    run.screen.print(messages::encode(approval));
  else
    run.screen.done("the request of " + safe(approval.requested_by) + " for " +
                    safe(approval.terminal_name) + " (" + mode_words(approval.mode) + ") " +
                    outcome(approval));
  return exit_code::done;
}

exit_code send_away(const invocation& run, const messages::deny_guest& asked) {
  const auto share = run.connect().ask<messages::share_view>(asked);
  if (run.screen.json())
    run.screen.print(messages::encode(share));
  else
    run.screen.done(safe(asked.guest) + " was sent away");
  return exit_code::done;
}

CLI::App* add_answer(CLI::App& program, invocation& run, messages::verdict decision,
                     const command_text& text, const std::shared_ptr<std::string>& guest) {
  auto* command = add_command(program, heading::deciding, text);
  const auto asked = std::make_shared<messages::resolve_approval>();
  asked->decision = decision;
  add_text(command, "ID", asked->approval_id, "ID",
           "the approval's id or the share's, or an end of it")
      ->required();
  add_text(command, "--reason", asked->reason, "TEXT", "why, for whoever asked and for the record");
  on_run(command, run, [asked, guest, &run] {
    if (guest && !guest->empty())
      return send_away(run, {asked->approval_id, *guest, asked->reason});
    return resolve(run, *asked);
  });
  return command;
}

} // namespace

void add_approval_commands(CLI::App& program, invocation& run) {
  auto* list = add_command(program, heading::deciding,
                           {"approvals", "list who waits for an approval",
                            "termlease approvals\ntermlease approvals --all"});
  const auto asked = std::make_shared<messages::list_approvals>();
  list->add_flag("--all", asked->all, "answered ones too");
  on_run(list, run, [asked, &run] {
    const auto found = run.connect().ask<messages::approval_list>(*asked).approvals;
    if (run.screen.json())
      run.screen.print(messages::encode(found));
    else
      print_approvals(run.screen, found);
    return exit_code::done;
  });
  add_answer(program, run, messages::verdict::approve,
             {"approve", "let what waits for an approval happen", "termlease approve 3f2a9c1d"},
             {});
  const auto guest = std::make_shared<std::string>();
  auto* deny = add_answer(program, run, messages::verdict::deny,
                          {"deny", "refuse what waits for an approval, or a guest who knocks",
                           "termlease deny 3f2a9c1d --reason 'not on this machine'\n"
                           "termlease deny 3f2a9c1d g1"},
                          guest);
  add_text(deny, "GUEST", *guest, "GUEST", "one who knocks at that share");
}

} // namespace termlease::cli
