#include "messages/runtime.hpp"
#include "messages/supervision.hpp"
#include "tools/termlease/command_line.hpp"
#include "tools/termlease/output/safe_text.hpp"
#include "tools/termlease/output/table.hpp"
#include "tools/termlease/output/times.hpp"
#include "tools/termlease/runtime/audit_trail.hpp"

#include <algorithm>

namespace termlease::cli {

using messages::actor_restarted;
using messages::actor_view;

namespace {

/// A turn that is longer than this is worth a look.
constexpr messages::span long_turn{1000};

/// The last part of a path, below its parent.
std::string indented(const std::string& path) {
  const auto depth = static_cast<std::size_t>(std::ranges::count(path, '/'));
  return std::string(2 * depth, ' ') + path.substr(path.rfind('/') + 1);
}

cell state_of(const actor_view& each) {
  const bool runs = each.state == messages::actor_state::running;
  return {runs ? "running" : "restarting", runs ? tone::good : tone::bad};
}

exit_code tree(const invocation& run) {
  const auto all = run.connect().ask<messages::actor_list>(messages::get_tree{});
  if (run.screen.json()) {
    run.screen.print(messages::encode(all.actors));
    return exit_code::done;
  }
  table rows({"ACTOR", "STATE", "RESTARTS", "LEFT", "MAILBOX", "TURNS", "BUSY FOR"});
  for (const auto& each : all.actors)
    rows.add(
        {indented(each.actor), state_of(each),
         cell(std::to_string(each.restarts), each.restarts > 0 ? tone::warning : tone::plain),
         std::to_string(each.budget_left), std::to_string(each.mailbox), std::to_string(each.turns),
         each.busy_for > messages::span{}
             ? cell(to_text(each.busy_for), each.busy_for > long_turn ? tone::bad : tone::plain)
             : cell("")});
  rows.print(run.screen.out(), run.screen.out_style());
  return exit_code::done;
}

/// "untouched", or which of them had turns meanwhile.
std::string beside(const actor_restarted& receipt) {
  if (receipt.terminals.empty()) return "";
  const auto touched = std::ranges::count_if(
      receipt.terminals, [](const auto& each) { return each.before != each.after; });
  const auto count = std::to_string(receipt.terminals.size());
  return touched == 0 ? count + " untouched"
                      : std::to_string(touched) + " of " + count + " had turns";
}

exit_code restarts(const invocation& run) {
  messages::query_audit query;
  query.topic = actor_restarted::describe().name;
  auto runtime = run.connect();
  const auto receipts = read_all(runtime, query);
  if (run.screen.json()) {
    run.screen.print(messages::encode(receipts));
    return exit_code::done;
  }
  if (receipts.empty()) {
    run.screen.note("no part was ever restarted");
    return exit_code::done;
  }
  table rows({"TIME", "ACTOR", "WHY", "AFTER", "LOST", "LEFT", "TERMINALS"});
  const auto at = now();
  for (const auto& each : receipts) {
    const auto receipt =
        messages::decoded<actor_restarted>(messages::json::parse(each.metadata.text));
    rows.add({local_time(each.timestamp, at), receipt.actor, receipt.why, to_text(receipt.after),
              std::to_string(receipt.lost), std::to_string(receipt.budget_left), beside(receipt)});
  }
  rows.print(run.screen.out(), run.screen.out_style());
  return exit_code::done;
}

} // namespace

void add_tree_commands(CLI::App& program, invocation& run) {
  auto* shown = add_command(program, heading::looking,
                            {"tree", "the parts of the runtime, and how each of them does",
                             "termlease tree\ntermlease tree --json"});
  on_run(shown, run, [&run] { return tree(run); });
  auto* receipts =
      add_command(program, heading::looking,
                  {"restarts", "what crashed and was started again, and what that left untouched",
                   "termlease restarts\ntermlease restarts --json"});
  on_run(receipts, run, [&run] { return restarts(run); });
}

} // namespace termlease::cli
