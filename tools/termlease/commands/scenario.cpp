#include "bus/trace/recording.hpp"
#include "messages/failure.hpp"
#include "tools/scenario/explore/explore.hpp"
#include "tools/scenario/incident/from_trace.hpp"
#include "tools/scenario/script/setting.hpp"
#include "tools/scenario/script/vocabulary.hpp"
#include "tools/termlease/command_line.hpp"
#include "tools/termlease/local/own_file.hpp"
#include "tools/termlease/output/safe_text.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <sstream>

namespace termlease::cli {

using messages::json;
using scenario::outcome;
using scenario::play_options;
using scenario::script;

namespace {

/// What `run` and `explore` have in common.
struct given {
  std::vector<std::string> files;
  std::string policy;
  std::string strategy;
  std::string trace;
  std::optional<std::uint64_t> seed;
  std::uint64_t seeds = 1000;
};

std::string policy_text(const std::string& file) {
  return file.empty() ? std::string{} : scenario::policy_of_file(file);
}

/// The script, or nothing after its mistakes were told.
std::optional<script> read_script(const invocation& run, const std::string& file) {
  auto loaded = scenario::load_script(file);
  if (loaded.mistakes.empty()) return std::move(loaded.read);
  if (run.screen.json())
    run.screen.print(
        {{"file", file}, {"passed", false}, {"mistakes", messages::encode(loaded.mistakes)}});
  else
    for (const auto& each : loaded.mistakes) run.screen.out() << safe(to_text(each)) << '\n';
  return std::nullopt;
}

std::string step_text(const scenario::step& done) {
  if (done.what.empty()) return "(time passes)";
  auto text = done.what;
  const auto& value = done.words[done.what];
  text += " " + (value.is_string() ? value.get<std::string>() : value.dump());
  for (const auto& [key, what] : done.words.items())
    if (key != done.what && key != "at" && key != "after")
      text += "  " + key + "=" + (what.is_string() ? what.get<std::string>() : what.dump());
  return text;
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

void print_failure(const invocation& run, const script& which, const outcome& how) {
  const auto& colours = run.screen.out_style();
  auto place = which.file;
  if (how.line != 0) place += ":" + std::to_string(how.line);
  run.screen.out() << colours.paint(tone::bad, "failed") << "  " << safe(place) << " at "
                   << to_text(how.at) << ": " << safe(how.failure) << "\n  what the bus said:\n";
  for (const auto& each : how.around) run.screen.out() << "    " << safe(each) << '\n';
}

json result_of(const script& which, const outcome& how, const play_options& played) {
  json result{{"file", which.file},  {"scenario", which.name},        {"passed", how.passed},
              {"seed", played.seed}, {"strategy", played.strategy},   {"trace", how.trace},
              {"turns", how.turns},  {"transitions", how.transitions}};
  if (!how.passed) {
    result["failure"] = {{"line", how.line}, {"what", how.failure}, {"at", to_text(how.at)}};
    result["around"] = how.around;
  }
  return result;
}

json lines_of(const std::string& text) {
  json lines = json::array();
  std::istringstream from(text);
  for (std::string line; std::getline(from, line);) lines.push_back(line);
  return lines;
}

/// A whole run, at the time that the played machine has.
trace::recorder_options in_memory() {
  const scenario::machine_clock clock;
  trace::recorder_options places;
  places.wall_ms = clock.wall.ms;
  places.clock_ns = clock.boot_ms * 1'000'000;
  return places;
}

/// With the scenario as it was played, so that `from-trace` plays the same once more.
void keep_trace(const std::string& file, scenario::script which, const play_options& played,
                const outcome& how) {
  which.seed = played.seed;
  which.strategy = played.strategy;
  which.setting["policy"] = lines_of(
      played.policy.empty() ? scenario::policy_of(which.setting, which.file) : played.policy);
  write_own_file(file,
                 trace::recording_of(trace::read_trace(played.recorder->bytes()),
                                     scenario::tail_of(which, how.trace)),
                 replacing::allowed);
}

bool play_one(const invocation& run, const given& asked, const std::string& file) {
  const auto which = read_script(run, file);
  if (!which) return false;
  auto options = scenario::own_options(*which);
  options.policy = policy_text(asked.policy);
  if (!asked.strategy.empty()) options.strategy = asked.strategy;
  if (asked.seed) options.seed = *asked.seed;
  const bool told = !run.screen.json() && !run.options.quiet;
  if (told) run.screen.out() << safe(which->name) << '\n';
  if (told)
    options.told = [&](messages::span at, const scenario::step& done) {
      run.screen.out() << padded(to_text(at), 10) << "  " << safe(step_text(done)) << '\n';
    };
  if (!asked.trace.empty()) options.recorder = std::make_shared<trace::recorder>(in_memory());
  const auto how = scenario::play(*which, options);
  if (options.recorder) keep_trace(asked.trace, *which, options, how);
  if (run.screen.json())
    run.screen.print(result_of(*which, how, options));
  else if (!how.passed)
    print_failure(run, *which, how);
  else
    run.screen.out() << run.screen.out_style().paint(tone::good, "passed") << "  "
                     << safe(which->file) << '\n';
  return how.passed;
}

/// One file that can't be played is told, and holds up no other.
bool play_or_tell(const invocation& run, const given& asked, const std::string& file) try {
  return play_one(run, asked, file);

} catch (const messages::failed& why) {

  if (asked.files.size() == 1) throw;
  if (run.screen.json())
    run.screen.print({{"file", file}, {"passed", false}, {"error", messages::encode(why.why())}});
  else
    run.screen.out() << run.screen.out_style().paint(tone::bad, "failed") << "  " << safe(file)
                     << ": " << safe(why.why().message) << '\n';
  return false;
}

exit_code play_all(const invocation& run, const given& asked) {
  if (!asked.trace.empty() && asked.files.size() > 1)
    throw usage_error("usage", "--trace is for one scenario", "give one file");
  bool all_passed = true;
  for (const auto& each : asked.files) all_passed &= play_or_tell(run, asked, each);
  return all_passed ? exit_code::done : exit_code::failed;
}

/// Keeps a failing script that was made short, beside the whole one.
std::string keep_short_one(const script& which, const play_options& options) {
  const auto shorter = scenario::shrink(which, options);
  std::filesystem::path file(which.file);
  file.replace_filename(file.stem().string() + "-seed-" + std::to_string(options.seed) + ".json");
  write_own_file(file, scenario::to_text(shorter), replacing::allowed);
  return file.string();
}

/// A word that a shell reads as it is.
std::string in_shell(const std::string& word) {
  const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char each) {
    return std::isalnum(each) ||
           std::string_view("/._-+:=@").find(static_cast<char>(each)) != std::string_view::npos;
  });
  if (plain) return word;
  std::string quoted = "'";
  for (const char each : word) quoted += each == '\'' ? std::string("'\\''") : std::string(1, each);
  return safe(quoted + "'");
}

/// The command that plays it once more.
std::string replay_of(const script& which, const play_options& failing,
                      const std::string& policy_file) {
  return "termlease scenario run " + in_shell(which.file) + " --seed " +
         std::to_string(failing.seed) + " --strategy " + failing.strategy +
         (policy_file.empty() ? "" : " --policy " + in_shell(policy_file));
}

/// What found it is told before it is made short: that takes a while, and writes a file.
void tell_failing(const invocation& run, const script& which, const outcome& how,
                  const play_options& failing, const std::string& policy_file) {
  print_failure(run, which, how);
  run.screen.out() << "  seed " << failing.seed << " of " << failing.strategy
                   << ". To see it again, whole or made short:\n    "
                   << replay_of(which, failing, policy_file) << std::endl;
}

void tell_passed(const invocation& run, const script& which, const scenario::exploration& found) {
  for (const auto line : found.never_seen)
    run.screen.out() << safe(which.file) << ":" << line << ": no run has seen it\n";
  run.screen.out() << found.seeds << " seeds, " << found.turns << " turns: "
                   << (found.never_seen.empty() ? "all passed" : "something never happened")
                   << '\n';
}

exit_code explore_one(const invocation& run, const given& asked) {
  const auto which = read_script(run, asked.files.at(0));
  if (!which) return exit_code::failed;
  scenario::explore_options options;
  options.seeds = asked.seeds;
  // What the file says of itself goes first; in the order of arrival there is nothing to explore.
  const auto own = which->strategy == "fifo" ? "random" : which->strategy;
  options.first_seed = asked.seed.value_or(std::max<std::uint64_t>(1, which->seed));
  options.strategy = asked.strategy.empty() ? own : asked.strategy;
  options.policy = policy_text(asked.policy);
  const auto found = scenario::explore(*which, options);
  const bool passed = !found.failing && found.never_seen.empty();
  json result{
      {"file", which->file},  {"strategy", options.strategy},
      {"seeds", found.seeds}, {"turns", found.turns},
      {"passed", passed},
  };
  result["never_seen"] = found.never_seen;
  if (found.failing) {
    play_options failing;
    failing.seed = *found.failing;
    failing.strategy = options.strategy;
    failing.policy = options.policy;
    if (!run.screen.json()) tell_failing(run, *which, found.failure, failing, asked.policy);
    const auto kept = keep_short_one(*which, failing);
    if (!run.screen.json())
      run.screen.out() << "    termlease scenario run " << in_shell(kept) << '\n';
    result["failing_seed"] = failing.seed;
    result["replay"] = replay_of(*which, failing, asked.policy);
    result["short_script"] = kept;
    result["failure"] = result_of(*which, found.failure, failing)["failure"];
  } else if (!run.screen.json()) {
    tell_passed(run, *which, found);
  }
  if (run.screen.json()) run.screen.print(result);
  return passed ? exit_code::done : exit_code::failed;
}

void add_common(CLI::App* command, const std::shared_ptr<given>& asked) {
  add_text(command, "--policy", asked->policy, "FILE",
           "a policy to use instead of the scenario's own");
  command->add_option("--seed", asked->seed, "of every choice")->type_name("N");
  const auto known = scenario::strategy_names();
  command->add_option("--strategy", asked->strategy, "in which order turns come")
      ->type_name("fifo|random|pct|recorded")
      ->check(CLI::IsMember(std::vector<std::string>(known.begin(), known.end())).description(""));
}

void add_run(CLI::App& parent, invocation& run) {
  auto* command = add_command(parent, "Commands",
                              {"run", "play scenarios in virtual time, and say what did not hold",
                               "termlease scenario run lending.json\n"
                               "termlease scenario run *.json --policy policy.toml"});
  const auto asked = std::make_shared<given>();
  command->add_option("FILE", asked->files, "the scenarios")->required()->type_name("FILE");
  add_text(command, "--trace", asked->trace, "FILE", "keep what the actors did, of one scenario");
  add_common(command, asked);
  on_run(command, run, [asked, &run] { return play_all(run, *asked); });
}

void add_explore(CLI::App& parent, invocation& run) {
  auto* command =
      add_command(parent, "Commands",
                  {"explore", "play one scenario in many orders, each from a seed",
                   "termlease scenario explore lending.json --seeds 10000 --strategy pct"});
  const auto asked = std::make_shared<given>();
  command->add_option("FILE", asked->files, "the scenario")
      ->required()
      ->expected(1)
      ->type_name("FILE");
  command->add_option("--seeds", asked->seeds, "how many (default: 1000)")
      ->type_name("N")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}).description(""));
  add_common(command, asked);
  on_run(command, run, [asked, &run] { return explore_one(run, *asked); });
}

void add_describe(CLI::App& parent, invocation& run) {
  auto* command = add_command(parent, "Commands",
                              {"describe", "what may stand in a scenario",
                               "termlease scenario describe\n"
                               "termlease scenario describe --schema > scenario.schema.json"});
  const auto schema = std::make_shared<bool>(false);
  command->add_flag("--schema", *schema, "as a JSON Schema, for editors");
  on_run(command, run, [schema, &run] {
    if (*schema || run.screen.json())
      run.screen.out() << scenario::vocabulary_schema().dump(2) << '\n';
    else
      run.screen.out() << scenario::vocabulary_text();
    return exit_code::done;
  });
}

} // namespace

void add_scenario_commands(CLI::App& program, invocation& run) {
  auto* command = add_command(program, heading::deciding,
                              {"scenario", "play a script against the runtime in virtual time",
                               "termlease scenario run lending.json\n"
                               "termlease scenario describe"});
  command->require_subcommand(1);
  add_run(*command, run);
  add_explore(*command, run);
  add_scenario_incident_commands(*command, run);
  add_describe(*command, run);
}

} // namespace termlease::cli
