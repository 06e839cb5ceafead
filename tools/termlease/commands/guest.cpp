#include "messages/shares.hpp"
#include "tools/termlease/command_line.hpp"
#include "tools/termlease/output/safe_text.hpp"
#include "tools/termlease/output/views.hpp"
#include "tools/termlease/runtime/patience.hpp"

namespace termlease::cli {

using messages::share_mode;
using messages::share_view;

namespace {

constexpr std::string_view nothing_changed =
    "\ninterrupted: a question that was asked stays (termlease approvals)\n";

void tell(const invocation& run, const share_view& share, const std::string& what) {
  if (run.screen.json()) return run.screen.print(messages::encode(share));
  run.screen.done(what + " (share " + short_id(share.share_id) + " of " +
                  safe(share.terminal_name) + ")");
}

CLI::Option* add_share(CLI::App* command, std::string& share) {
  return add_text(command, "SHARE", share, "ID", "its id, or a beginning or end of it");
}

CLI::Option* add_guest(CLI::App* command, std::string& guest) {
  return add_text(command, "GUEST", guest, "GUEST", "as `termlease guests` names it");
}

void add_guests(CLI::App& program, invocation& run) {
  auto* command = add_command(program, heading::sharing,
                              {"guests", "list who is in, who knocks, and what has passed",
                               "termlease guests\ntermlease guests 3f2a9c1d --json"});
  const auto asked = std::make_shared<messages::list_guests>();
  add_share(command, asked->share);
  on_run(command, run, [asked, &run] {
    const auto found = run.connect().ask<messages::guest_list>(*asked).guests;
    if (run.screen.json())
      run.screen.print(messages::encode(found));
    else
      print_guests(run.screen, found);
    return exit_code::done;
  });
}

void add_kick(CLI::App& program, invocation& run) {
  auto* command = add_command(program, heading::sharing,
                              {"kick", "put one guest out; the others stay",
                               "termlease kick 3f2a9c1d g2\n"
                               "termlease kick 3f2a9c1d g2 --ban --reason 'not your terminal'"});
  const auto asked = std::make_shared<messages::kick_guest>();
  add_share(command, asked->share)->required();
  add_guest(command, asked->guest)->required();
  add_text(command, "--reason", asked->reason, "TEXT", "why, for the guest and for the record");
  command->add_flag("--ban", asked->ban, "its key can't come back to this share");
  on_run(command, run, [asked, &run] {
    tell(run, run.connect().ask<share_view>(*asked),
         safe(asked->guest) + (asked->ban ? " is out, and can't come back" : " is out"));
    return exit_code::done;
  });
}

exit_code set_mode(const invocation& run, const messages::set_guest_mode& asked) {
  const auto answer = ask_for_change(run, messages::set_guest_mode::describe().name,
                                     messages::encode(asked), asked.wait, nothing_changed);
  if (!answer) return exit_code::interrupted;
  const auto who = asked.guest.empty() ? std::string("everybody is") : safe(asked.guest) + " is";
  tell(run, messages::decoded<share_view>(*answer), who + " " + mode_words(asked.mode));
  return exit_code::done;
}

void add_mode(CLI::App& program, invocation& run) {
  auto* command = add_command(program, heading::sharing,
                              {"mode", "give guests the keyboard, or take it away",
                               "termlease mode 3f2a9c1d ro\ntermlease mode 3f2a9c1d g2 rw"});
  const auto asked = std::make_shared<messages::set_guest_mode>();
  const auto words = std::make_shared<std::vector<std::string>>();
  add_share(command, asked->share)->required();
  command
      ->add_option("GUEST-AND-MODE", *words,
                   "ro or rw; before it one guest, else it is for all and for who comes later")
      ->type_name("[GUEST] ro|rw")
      ->required()
      ->expected(1, 2);
  add_span(command, "--wait", asked->wait, "how long to wait for an approval (default: 2m)",
           zero::allowed);
  on_run(command, run, [asked, words, &run] {
    const auto mode = messages::value_named<share_mode>(words->back());
    if (!mode)
      throw usage_error("usage", "'" + safe(words->back()) + "' is no mode", "give ro or rw");
    asked->mode = *mode;
    asked->guest = words->size() == 2 ? words->front() : std::string{};
    return set_mode(run, *asked);
  });
}

void add_admit(CLI::App& program, invocation& run) {
  auto* command =
      add_command(program, heading::sharing,
                  {"admit", "let in a guest who knocks", "termlease admit 3f2a9c1d g1"});
  const auto asked = std::make_shared<messages::admit_guest>();
  add_share(command, asked->share)->required();
  add_guest(command, asked->guest)->required();
  on_run(command, run, [asked, &run] {
    tell(run, run.connect().ask<share_view>(*asked), safe(asked->guest) + " is in");
    return exit_code::done;
  });
}

} // namespace

void add_guest_commands(CLI::App& program, invocation& run) {
  add_guests(program, run);
  add_kick(program, run);
  add_mode(program, run);
  add_admit(program, run);
}

} // namespace termlease::cli
