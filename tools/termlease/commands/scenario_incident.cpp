// What has happened as a scenario: from the journal, or from a recording of a trace.
#include "bus/trace/reader.hpp"
#include "tools/scenario/incident/from_trace.hpp"
#include "tools/scenario/incident/incident.hpp"
#include "tools/termlease/command_line.hpp"
#include "tools/termlease/local/own_file.hpp"
#include "tools/termlease/output/safe_text.hpp"
#include "tools/termlease/runtime/audit_trail.hpp"
#include "tools/termlease/runtime/follow.hpp"

#include <filesystem>

namespace termlease::cli {

namespace {

/// The records from a share's first to its last, with what happened beside it.
std::vector<messages::record> trail_of(bus::client& runtime, const std::string& share) {
  messages::query_audit own;
  own.share = share;
  const auto its = read_all(runtime, own);
  if (its.empty())
    throw messages::failed("no_such_share", "the record holds nothing of the share " + share,
                           "`termlease shares --all` lists them");
  messages::query_audit all;
  all.from = its.front().sequence;
  auto records = read_all(runtime, all);
  std::erase_if(records, [&](const auto& each) { return each.sequence > its.back().sequence; });
  return records;
}

exit_code hand_over(const invocation& run, const scenario::script& made, const std::string& file) {
  const auto text = scenario::to_text(made);
  if (file.empty()) {
    run.screen.out() << text;
    return exit_code::done;
  }
  write_own_file(file, text, replacing::forbidden);
  run.screen.done("play it with `termlease scenario run " + safe(file) + "`");
  return exit_code::done;
}

exit_code tell_incident(const invocation& run, const std::string& share, const std::string& file) {
  auto runtime = run.connect();
  const auto id = full_share_id(runtime, share);
  return hand_over(run, scenario::incident_of(id, trail_of(runtime, id)), file);
}

exit_code tell_recording(const invocation& run, const std::string& recording,
                         const std::string& share, const std::string& file) {
  const auto read = trace::read_trace(std::filesystem::path(recording));
  return hand_over(run, scenario::scenario_of(read, share), file);
}

void add_from_journal(CLI::App& parent, invocation& run) {
  auto* command = add_command(parent, "Commands",
                              {"from-journal", "make a scenario of what happened to a share",
                               "termlease scenario from-journal 3f2a9c1d -o incident.json\n"
                               "termlease scenario run incident.json --policy stricter.toml"});
  const auto share = std::make_shared<std::string>();
  const auto file = std::make_shared<std::string>();
  command->add_option("SHARE", *share, "the share")->required()->type_name("SHARE");
  add_text(command, "-o,--output", *file, "FILE", "write it there (default: standard output)");
  on_run(command, run, [share, file, &run] { return tell_incident(run, *share, *file); });
}

void add_from_trace(CLI::App& parent, invocation& run) {
  auto* command = add_command(parent, "Commands",
                              {"from-trace", "make a scenario of a recording, in the same order",
                               "termlease trace record --last 10m -o incident.trace\n"
                               "termlease scenario from-trace incident.trace -o incident.json"});
  const auto recording = std::make_shared<std::string>();
  const auto share = std::make_shared<std::string>();
  const auto file = std::make_shared<std::string>();
  command->add_option("FILE", *recording, "the recording")->required()->type_name("FILE");
  add_text(command, "--share", *share, "ID", "of which share, where it has several");
  add_text(command, "-o,--output", *file, "FILE", "write it there (default: standard output)");
  on_run(command, run,
         [recording, share, file, &run] { return tell_recording(run, *recording, *share, *file); });
}

} // namespace

void add_scenario_incident_commands(CLI::App& parent, invocation& run) {
  add_from_journal(parent, run);
  add_from_trace(parent, run);
}

} // namespace termlease::cli
