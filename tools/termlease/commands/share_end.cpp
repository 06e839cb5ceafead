#include "messages/shares.hpp"
#include "tools/termlease/command_line.hpp"
#include "tools/termlease/output/safe_text.hpp"
#include "tools/termlease/output/times.hpp"
#include "tools/termlease/output/views.hpp"
#include "tools/termlease/runtime/patience.hpp"

namespace termlease::cli {

using messages::share_view;

namespace {

constexpr std::string_view not_extended = "\ninterrupted: the share keeps its end\n";

/// An answer comes once the last guest is out: longer than the longest end that may be set.
constexpr std::chrono::milliseconds end_deadline = std::chrono::minutes(2);

void tell(const invocation& run, const share_view& share, const std::string& what) {
  if (run.screen.json()) return run.screen.print(messages::encode(share));
  run.screen.done("share " + short_id(share.share_id) + " of " + safe(share.terminal_name) + " " +
                  what);
}

exit_code extend(const invocation& run, const messages::extend_share& asked) {
  const auto answer = ask_for_change(run, messages::extend_share::describe().name,
                                     messages::encode(asked), asked.wait, not_extended);
  if (!answer) return exit_code::interrupted;
  const auto share = messages::decoded<share_view>(*answer);
  const auto at = now();
  tell(run, share,
       "ends " + relative(share.expires_at, at) + ", at " + local_time(share.expires_at, at));
  return exit_code::done;
}

void add_extend(CLI::App& program, invocation& run) {
  auto* command = add_command(program, heading::sharing,
                              {"extend", "give a share more time; the policy decides again",
                               "termlease extend 3f2a9c1d 15m"});
  const auto asked = std::make_shared<messages::extend_share>();
  const auto by = std::make_shared<std::string>();
  add_text(command, "SHARE", asked->share, "ID", "its id, or a beginning or end of it")->required();
  add_text(command, "TIME", *by, "TIME", "how much longer, for example 15m")->required();
  add_span(command, "--wait", asked->wait, "how long to wait for an approval (default: 2m)",
           zero::allowed);
  on_run(command, run, [asked, by, &run] {
    asked->by = span_argument("the extension", *by, zero::forbidden);
    return extend(run, *asked);
  });
}

} // namespace

void add_share_end_commands(CLI::App& program, invocation& run) {
  add_extend(program, run);

  auto* revoke = add_command(program, heading::sharing,
                             {"revoke", "take a share back: every guest is out at once",
                              "termlease revoke 3f2a9c1d\n"
                              "termlease revoke 3f2a9c1d --reason 'wrong terminal'"});
  const auto revoked = std::make_shared<messages::revoke_share>();
  add_text(revoke, "SHARE", revoked->share, "ID", "its id, or a beginning or end of it")
      ->required();
  add_text(revoke, "--reason", revoked->reason, "TEXT", "why, for the guests and for the record");
  on_run(revoke, run, [revoked, &run] {
    tell(run, run.connect().ask<share_view>(*revoked, end_deadline), "is revoked; nobody is in");
    return exit_code::done;
  });

  auto* stop =
      add_command(program, heading::sharing,
                  {"stop", "end a share that has done its work", "termlease stop 3f2a9c1d"});
  const auto stopped = std::make_shared<messages::stop_share>();
  add_text(stop, "SHARE", stopped->share, "ID", "its id, or a beginning or end of it")->required();
  on_run(stop, run, [stopped, &run] {
    tell(run, run.connect().ask<share_view>(*stopped, end_deadline), "is stopped; nobody is in");
    return exit_code::done;
  });
}

} // namespace termlease::cli
