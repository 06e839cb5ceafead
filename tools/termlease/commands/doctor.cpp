#include "actors/edges/orphans.hpp"
#include "messages/runtime.hpp"
#include "tools/termlease/command_line.hpp"
#include "tools/termlease/local/examination.hpp"
#include "tools/termlease/output/safe_text.hpp"
#include "tools/termlease/output/table.hpp"
#include "tools/termlease/output/times.hpp"
#include "tools/termlease/runtime/launch.hpp"

#include <algorithm>
#include <iterator>

namespace termlease::cli {

namespace {

/// No runtime is no fault: whichever command needs one starts it.
finding examine_runtime(const invocation& run, const config::paths& where) {
  try {
    const auto status = run.connect_only().ask<messages::runtime_status>(messages::get_status{});
    if (!status.journal_problem.empty())
      return {"runtime", finding_state::missing, status.journal_problem,
              "everything is refused until the journal is replaced: see `termlease audit verify`"};
    return {"runtime",
            finding_state::good,
            "runs since " + relative(status.started_at, now()) + ", pid " +
                std::to_string(status.pid) + ", journal " + status.journal + ", log " +
                log_file(where).string(),
            {}};
  } catch (const messages::failed& problem) {
    if (problem.why().code == "no_runtime")
      return {"runtime", finding_state::good, "is not running; it starts when it is needed", {}};
    return {"runtime", finding_state::missing, problem.why().message, problem.why().details.hint};
  }
}

std::string mark(const console& to, finding_state state) {
  const auto& colours = to.out_style();
  switch (state) {
  case finding_state::good:
    return colours.paint(tone::good, "ok     ");
  case finding_state::remark:
    return colours.paint(tone::warning, "remark ");
  case finding_state::missing:
    return colours.paint(tone::bad, "MISSING");
  }
  return {};
}

void print_findings(const console& to, const std::vector<finding>& findings) {
  std::size_t widest = 0;
  for (const auto& each : findings) widest = std::max(widest, each.name.size());
  for (const auto& each : findings) {
    to.out() << mark(to, each.state) << "  " << each.name
             << std::string(widest - each.name.size() + 2, ' ') << safe(each.found) << '\n';
    if (!each.hint.empty())
      to.out() << std::string(widest + 11, ' ') << to.out_style().paint(tone::accent, "next: ")
               << safe(each.hint) << '\n';
  }
}

exit_code examine(const invocation& run) {
  const auto where = config::find_paths();
  // Broken settings are a finding of their own, below; the rest is looked at with the defaults.
  const auto chosen = config::load_settings(where.settings_file(), where.home).values;
  auto findings = examine_programs(chosen, where);
  std::ranges::move(examine_files(where), std::back_inserter(findings));
  findings.push_back(examine_runtime(run, where));
  const auto missing = std::ranges::count(findings, finding_state::missing, &finding::state);
  if (run.screen.json()) {
    run.screen.print({{"ok", missing == 0}, {"findings", messages::encode(findings)}});
  } else {
    print_findings(run.screen, findings);
    run.screen.done(missing == 0 ? "\nall that is needed is there"
                                 : "\n" + std::to_string(missing) + " missing");
  }
  return missing == 0 ? exit_code::done : exit_code::failed;
}

/// Longer than a worker needs to let its guests go.
constexpr std::chrono::milliseconds reap_patience = std::chrono::seconds(3);

messages::json encoded(const actors::orphan& each) {
  return {{"pid", each.pid}, {"program", each.program}, {"runtime", each.runtime}};
}

exit_code examine_orphans(const invocation& run, bool reap) {
  const auto found = actors::find_orphans();
  const auto gone = reap ? actors::reap(found, reap_patience) : 0;
  if (run.screen.json()) {
    auto list = messages::json::array();
    for (const auto& each : found) list.push_back(encoded(each));
    run.screen.print({{"orphans", std::move(list)}, {"reaped", gone}});
  } else if (found.empty()) {
    run.screen.done("no runtime of yours has left a process behind");
  } else {
    table rows({"PID", "PROGRAM", "OF THE RUNTIME"});
    for (const auto& each : found) rows.add({std::to_string(each.pid), each.program, each.runtime});
    rows.print(run.screen.out(), run.screen.out_style());
    run.screen.done(reap ? std::to_string(gone) + " of them ended"
                         : "`termlease doctor --orphans --reap` ends them");
  }
  return gone == found.size() ? exit_code::done : exit_code::failed;
}

struct doctor_wish {
  bool orphans = false;
  bool reap = false;
};

} // namespace

void add_doctor_command(CLI::App& program, invocation& run) {
  auto* command = add_command(program, heading::looking,
                              {"doctor", "what is here, what is missing, and how to get it",
                               "termlease doctor\ntermlease doctor --orphans --reap"});
  const auto wish = std::make_shared<doctor_wish>();
  auto* orphans = command->add_flag("--orphans", wish->orphans,
                                    "processes that a runtime of yours left behind");
  command->add_flag("--reap", wish->reap, "and end them")->needs(orphans);
  on_run(command, run,
         [wish, &run] { return wish->orphans ? examine_orphans(run, wish->reap) : examine(run); });
}

} // namespace termlease::cli
