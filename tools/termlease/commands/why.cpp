#include "bus/trace/recorder.hpp"
#include "messages/runtime.hpp"
#include "tools/termlease/command_line.hpp"
#include "tools/termlease/local/own_trace.hpp"
#include "tools/termlease/output/story.hpp"
#include "tools/termlease/output/times.hpp"
#include "tools/termlease/runtime/audit_trail.hpp"
#include "tools/termlease/runtime/follow.hpp"
#include "tools/trace/selection.hpp"

namespace termlease::cli {

using messages::failed;

namespace {

/// What a trace has of a share; nothing where there is no trace to be read.
trace::log steps_of(const std::string& share, const std::string& file) {
  try {
    const auto all = read_own_trace(file);
    trace::wish wish;
    wish.share = share;
    return trace::only(all, trace::select(all, wish));
  } catch (const failed&) {
    return {};
  }
}

/// Of this runtime, or of the one before: it may have ended the share by being killed.
trace::log steps_of(const std::string& share) {
  auto steps = steps_of(share, {});
  if (!steps.steps.empty()) return steps;
  return steps_of(share, trace::previous_of(config::find_paths().trace_ring()).string());
}

exit_code why(const invocation& run, const std::string& share) {
  auto runtime = run.connect();
  messages::query_audit query;
  query.share = full_share_id(runtime, share);
  const auto records = read_all(runtime, query);
  if (records.empty())
    throw failed("no_such_share", "the journal holds nothing of a share '" + share + "'",
                 "`termlease shares --all` lists them");
  const auto story = story_of(records, steps_of(query.share));
  if (run.screen.json()) {
    auto list = messages::json::array();
    for (const auto& each : story)
      list.push_back({{"at", messages::encode(each.at)}, {"text", each.text}});
    run.screen.print(list);
    return exit_code::done;
  }
  const auto& colours = run.screen.out_style();
  for (const auto& each : story) {
    const auto time = local_time(each.at, now());
    run.screen.out() << colours.paint(tone::dim, time.empty() ? std::string(8, ' ') : time) << "  "
                     << each.text << '\n';
  }
  return exit_code::done;
}

} // namespace

void add_why_command(CLI::App& program, invocation& run) {
  auto* command = add_command(program, heading::looking,
                              {"why", "why a share was denied, waited, ended or was slow",
                               "termlease why 3f2a9c1d\ntermlease why 3f2a9c1d --json"});
  const auto share = std::make_shared<std::string>();
  command->add_option("SHARE", *share, "a share's id, or how it begins or ends")->required();
  on_run(command, run, [share, &run] { return why(run, *share); });
}

} // namespace termlease::cli
