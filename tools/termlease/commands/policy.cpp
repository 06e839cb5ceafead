#include "config/policy/load.hpp"
#include "messages/runtime.hpp"
#include "tools/termlease/command_line.hpp"
#include "tools/termlease/local/own_file.hpp"
#include "tools/termlease/output/safe_text.hpp"
#include "tools/termlease/output/table.hpp"

#include <filesystem>

namespace termlease::cli {

using messages::policy_decision;
using messages::policy_effect;

namespace {

messages::json check_result(const std::string& path, const config::loaded_policy& loaded) {
  messages::json result{{"file", path},
                        {"valid", loaded.mistakes.empty()},
                        {"rules", loaded.set.rules.size()},
                        {"mistakes", messages::encode(loaded.mistakes)}};
  if (!loaded.mistakes.empty())
    result["error"] = {{"code", loaded.missing ? "policy_missing" : "policy_broken"},
                       {"message", to_text(loaded.mistakes.front())},
                       {"hint", loaded.missing ? "termlease policy init writes a starter policy"
                                               : "correct each mistake; until then all is denied"}};
  return result;
}

exit_code check(const invocation& run, const std::string& file) {
  const auto path = file.empty() ? config::find_paths().policy_file().string() : file;
  const auto loaded = config::load_policy(path);
  if (run.screen.json())
    run.screen.print(check_result(path, loaded));
  else if (loaded.mistakes.empty())
    run.screen.done(safe(path) + ": " + std::to_string(loaded.set.rules.size()) +
                    " rules, no mistake");
  else
    for (const auto& each : loaded.mistakes) run.screen.out() << safe(to_text(each)) << '\n';
  return loaded.mistakes.empty() ? exit_code::done : exit_code::failed;
}

tone tone_of(policy_effect effect) {
  switch (effect) {
  case policy_effect::allow:
    return tone::good;
  case policy_effect::require:
    return tone::warning;
  case policy_effect::deny:
    return tone::bad;
  }
  return tone::plain;
}

void print_decision(const console& to, const policy_decision& decision) {
  const auto& colours = to.out_style();
  to.out() << colours.paint(tone_of(decision.effect),
                            decision.effect == policy_effect::require
                                ? "approval needed"
                                : (decision.effect == policy_effect::allow ? "allowed" : "denied"))
           << ": " << safe(decision.message) << '\n';
  for (const auto& stage : decision.stages) {
    std::string from;
    for (const auto& each : stage.approvers) from += (from.empty() ? "" : ", ") + each;
    to.out() << "  asked: " << safe(from) << " (" << stage.quorum << " within "
             << to_text(stage.deadline) << "), by rule " << safe(stage.rule) << '\n';
  }
  if (!decision.hint.empty()) to.out() << " next: " << safe(decision.hint) << '\n';
  if (decision.explanation.empty()) return;
  to.out() << '\n';
  table rules({"RULE", "EFFECT", "MATCHES", "WHY"});
  for (const auto& each : decision.explanation)
    rules.add(
        {cell(each.rule, each.matched ? tone::bold : tone::dim),
         cell(messages::name_of(each.effect), each.matched ? tone_of(each.effect) : tone::dim),
         each.matched ? "yes" : "no", each.why});
  rules.print(to.out(), colours);
}

exit_code explain(const invocation& run, const messages::explain_policy& asked) {
  const auto decision = run.connect().ask<policy_decision>(asked);
  if (run.screen.json())
    run.screen.print(messages::encode(decision));
  else
    print_decision(run.screen, decision);
  return exit_code::done;
}

void add_explain(CLI::App& parent, invocation& run) {
  auto* command = add_command(
      parent, "Commands",
      {"explain", "what would the policy say, and which rules decide? Nothing is started",
       "termlease policy explain share demo --mode rw\n"
       "termlease policy explain share demo --as agent:bot --ttl 2h\n"
       "termlease policy explain extend demo --ttl 1h"});
  const auto asked = std::make_shared<messages::explain_policy>();
  const auto action = std::make_shared<std::string>();
  const auto mode = std::make_shared<messages::share_mode>(messages::share_mode::ro);
  add_text(command, "ACTION", *action, "ACTION", "share or extend")->required();
  add_text(command, "TERMINAL", asked->terminal, "NAME", "the terminal; it need not be open")
      ->required();
  add_choice(command, "--mode", *mode, {"ro", "rw"}, "look only, or type too (default: ro)");
  add_span(command, "--ttl", asked->ttl, "how long (default: 30m)");
  add_text(command, "--via", asked->backend, "BACKEND", "what carries it (default: upterm)");
  add_text(command, "--lane", asked->lane, "LANE", "the lane of a terminal that isn't open");
  add_text(command, "--as", asked->requester, "WHO", "who asks: operator, human:NAME, agent:NAME");
  on_run(command, run, [asked, action, mode, &run] {
    if (*action != "share" && *action != "extend")
      throw usage_error("usage", "'" + *action + "' is not something that the policy decides",
                        "give share or extend");
    asked->action = *action == "share" ? "share.start" : "share.extend";
    asked->mode = messages::name_of(*mode);
    return explain(run, *asked);
  });
}

void add_init(CLI::App& parent, invocation& run) {
  auto* command = add_command(
      parent, "Commands", {"init", "write a commented starter policy", "termlease policy init"});
  const auto force = std::make_shared<bool>(false);
  command->add_flag("--force", *force, "replace the policy that is there");
  on_run(command, run, [force, &run] {
    const auto where = config::find_paths();
    config::prepare(where);
    const auto file = where.policy_file();
    write_own_file(file, config::starter_policy(),
                   *force ? replacing::allowed : replacing::forbidden);
    if (run.screen.json())
      run.screen.print({{"file", file.string()}});
    else
      run.screen.done("wrote " + safe(file.string()) + "; it counts from the next request on");
    return exit_code::done;
  });
}

} // namespace

void add_policy_commands(CLI::App& program, invocation& run) {
  auto* policy = add_command(program, heading::deciding,
                             {"policy", "check, explain or begin the policy: who may lend what",
                              "termlease policy init\n"
                              "termlease policy explain share demo --mode rw"});
  policy->require_subcommand(1);
  auto* checked = add_command(*policy, "Commands",
                              {"check", "find mistakes in a policy file, with line and key",
                               "termlease policy check\ntermlease policy check new-policy.toml"});
  const auto file = std::make_shared<std::string>();
  add_text(checked, "FILE", *file, "FILE", "the file (default: the policy in force)");
  on_run(checked, run, [file, &run] { return check(run, *file); });
  add_explain(*policy, run);
  add_init(*policy, run);
}

} // namespace termlease::cli
