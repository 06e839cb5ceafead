#include "messages/switching.hpp"
#include "tools/termlease/command_line.hpp"
#include "tools/termlease/output/safe_text.hpp"
#include "tools/termlease/output/times.hpp"
#include "tools/termlease/output/views.hpp"
#include "tools/termlease/runtime/patience.hpp"

namespace termlease::cli {

using messages::share_view;

namespace {

constexpr std::string_view not_switched =
    "\ninterrupted: whether it changed, `termlease show` tells\n";

exit_code change_backend(const invocation& run, const messages::switch_share& asked) {
  const auto answer = ask_for_change(run, messages::switch_share::describe().name,
                                     messages::encode(asked), asked.wait, not_switched);
  if (!answer) return exit_code::interrupted;
  const auto share = messages::decoded<share_view>(*answer);
  if (run.screen.json()) {
    run.screen.print(messages::encode(share));
    return exit_code::done;
  }
  const auto at = now();
  run.screen.note(safe(share.terminal_name) + " is shared through " + safe(share.backend) +
                  " now, for " + time_left(share.expires_at, at) +
                  "; the link before is closed. Your guest runs:\n");
  run.screen.out() << safe(share.link.text) << '\n';
  return exit_code::done;
}

} // namespace

void add_share_switch_command(CLI::App& program, invocation& run) {
  auto* command = add_command(
      program, heading::sharing,
      {"switch", "let guests in through the other backend, and no more through this one",
       "termlease switch 3f2a9c1d --via tmate"});
  const auto asked = std::make_shared<messages::switch_share>();
  add_text(command, "SHARE", asked->share, "ID", "its id, or a beginning or end of it")->required();
  add_text(command, "--via", asked->backend, "BACKEND",
           "what carries it from now on: upterm, tmate")
      ->required();
  add_span(command, "--wait", asked->wait, "how long to wait for an approval (default: 2m)",
           zero::allowed);
  on_run(command, run, [asked, &run] { return change_backend(run, *asked); });
}

} // namespace termlease::cli
