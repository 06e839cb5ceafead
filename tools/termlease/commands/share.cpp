#include "config/paths.hpp"
#include "messages/shares.hpp"
#include "tools/termlease/command_line.hpp"
#include "tools/termlease/local/attach.hpp"
#include "tools/termlease/local/fetched_keys.hpp"
#include "tools/termlease/local/public_key.hpp"
#include "tools/termlease/local/tmux_here.hpp"
#include "tools/termlease/output/safe_text.hpp"
#include "tools/termlease/output/share_answer.hpp"
#include "tools/termlease/runtime/patience.hpp"

#include <iostream>

namespace termlease::cli {

using messages::failed;
using messages::share_view;

namespace {

constexpr std::string_view nothing_shared = "\ninterrupted: nothing is shared\n";

struct share_wish {
  messages::start_share asked;
  std::vector<std::string> key_files;
  std::vector<std::string> key_owners; ///< "github:ann"
};

void check(const share_wish& wish) {
  const auto& asked = wish.asked;
  if (asked.ttl != messages::not_given && asked.warn != messages::not_given &&
      asked.warn >= asked.ttl)
    throw usage_error("usage",
                      "a warning " + to_text(asked.warn) + " before the end of a share of " +
                          to_text(asked.ttl) + " would come before its start",
                      "give --warn less than --ttl");
}

guest_keys keys_for(const share_wish& wish) {
  auto files = wish.key_files;
  for (const auto& each : wish.key_owners)
    files.push_back(fetched_keys(each, config::find_paths().cache));
  if (!files.empty()) return {read_public_keys(files, std::cin), {}};
  auto pair = make_key_pair("termlease-guest");
  return {{std::move(pair.open)}, std::move(pair.private_text)};
}

/// The request was taken back with its connection; what had become a share just before is stopped.
exit_code take_back(const invocation& run, const std::string& correlation_id) {
  auto runtime = run.connect_only();
  const auto open = runtime.ask<messages::share_list>(messages::list_shares{}).shares;
  for (const auto& each : open) {
    if (each.correlation_id != correlation_id || messages::is_final(each.state)) continue;
    try {
      runtime.ask<share_view>(messages::stop_share{each.share_id});
    } catch (const failed& problem) {
      if (problem.why().code != "share_ended" && problem.why().code != "no_such_share") throw;
    }
  }
  if (run.screen.json())
    report(run.screen, {"interrupted", "the request was taken back", "nothing is shared"});
  else
    run.screen.err() << nothing_shared;
  return exit_code::interrupted;
}

/// The gate's sentence, with what to do next when it says none.
failed denial(const messages::failure& why, const messages::start_share& asked) {
  auto told = why;
  auto& hint = told.details.hint;
  if (hint.empty()) {
    hint = "see why: termlease policy explain share " + asked.terminal + " --mode " +
           std::string(messages::name_of(asked.mode));
    if (asked.ttl != messages::not_given) hint += " --ttl " + to_text(asked.ttl);
  }
  return failed(told);
}

exit_code share(const invocation& run, share_wish wish) {
  check(wish);
  leave_when_interrupted(nothing_shared);
  auto& asked = wish.asked;
  const auto keys = keys_for(wish);
  for (const auto& each : keys.open) asked.keys.push_back(each.line);
  auto runtime = run.connect();
  if (asked.terminal.empty()) asked.terminal = terminal_here(runtime).terminal_id;
  const signal_watch signals;
  const patient_question question{
      messages::start_share::describe().name, messages::encode(asked), asked.wait,
      new_correlation_id(), [&](const auto& approval) { run.screen.note(waiting_line(approval)); }};
  try {
    const auto answer = ask_patiently(run, runtime, question, signals);
    if (answer) return tell_share(run.screen, messages::decoded<share_view>(*answer), keys);
  } catch (const failed& problem) {
    if (problem.why().code == "denied") throw denial(problem.why(), asked);
    throw;
  }
  signals.release();
  return take_back(run, question.correlation_id);
}

void add_guest_terms(CLI::App* command, messages::share_terms& terms) {
  command->add_flag("--knock", terms.knock,
                    "each guest waits until you let it in (`admit`, `deny`)");
  command->add_option("--max-guests", terms.max_guests, "at the same time (default: the setting)")
      ->type_name("N")
      ->check(CLI::Range(1U, 1000U).description(""));
  add_span(command, "--join-within", terms.join_within, "end it when nobody has come in by then");
  command->add_flag("--record", terms.record, "keep what each guest sees, for `asciinema play`");
}

} // namespace

void add_share_command(CLI::App& program, invocation& run) {
  auto* command = add_command(
      program, heading::sharing,
      {"share", "share a terminal and print the link for a guest",
       "termlease share                                     # inside tmux or zellij: this pane\n"
       "termlease share demo --ttl 10m --key guest.pub      # for whoever has that key\n"
       "curl -s https://example.org/guest.keys | termlease share demo --key -\n"
       "termlease share demo --mode rw --reason 'pairing on the build'"});
  const auto wish = std::make_shared<share_wish>();
  auto& asked = wish->asked;
  add_text(command, "TERMINAL", asked.terminal, "NAME",
           "name or id (default inside tmux or zellij: the pane you are in)");
  add_text(command, "--via", asked.backend, "BACKEND", "what carries it: upterm, tmate");
  add_choice(command, "--mode", asked.mode, {"ro", "rw"}, "look only, or type too (default: ro)");
  add_span(command, "--ttl", asked.ttl, "how long, for example 30m (default: the setting)");
  add_span(command, "--warn", asked.warn, "warn that long before the end", zero::allowed);
  command
      ->add_option("--key", wish->key_files,
                   "public keys that may join; - is stdin; again for more (default: a new key)")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command
      ->add_option("--keys-from", wish->key_owners,
                   "the keys of somebody's account, from a file fetched before: github:NAME")
      ->type_name("WHO")
      ->allow_extra_args(false);
  add_guest_terms(command, asked.terms);
  add_text(command, "--reason", asked.reason, "TEXT",
           "why, for whoever approves and for the record");
  add_span(command, "--wait", asked.wait, "how long to wait for an approval (default: 2m)",
           zero::allowed);
  on_run(command, run, [wish, &run] { return share(run, *wish); });
}

} // namespace termlease::cli
