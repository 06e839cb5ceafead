#include "bus/trace/recording.hpp"
#include "messages/runtime.hpp"
#include "tools/termlease/command_line.hpp"
#include "tools/termlease/local/own_file.hpp"
#include "tools/termlease/local/own_trace.hpp"
#include "tools/termlease/output/times.hpp"
#include "tools/termlease/output/trace_text.hpp"
#include "tools/termlease/runtime/audit_trail.hpp"
#include "tools/termlease/runtime/interruption.hpp"
#include "tools/trace/export/formats.hpp"
#include "tools/trace/selection.hpp"
#include "tools/trace/step_json.hpp"

#include <iostream>
#include <unistd.h>
#include <unordered_set>

namespace termlease::cli {

using messages::failed;

namespace {

constexpr std::chrono::milliseconds look_again{100};
constexpr std::int64_t patience_ns = 1'000'000'000; ///< with a turn that doesn't end

struct trace_wish {
  std::string share;
  std::string correlation;
  std::string actor;
  std::string topic;
  std::string since;
  std::string file;
  std::string format;
  std::string output;
  bool follow = false;
  bool whole = false;
};

/// What is asked for, in the words of the trace that is read.
trace::wish wish_in(const trace::log& from, const trace_wish& asked) {
  trace::wish wish;
  wish.correlation = asked.correlation;
  wish.actor = asked.actor;
  wish.topic = asked.topic;
  if (!asked.since.empty()) wish.since = clock_of(from, since_argument(asked.since));
  if (asked.share.empty()) return wish;
  wish.share = share_in(from, asked.share);
  if (wish.share.empty())
    throw failed("not_in_trace", "the trace holds nothing of a share '" + asked.share + "'",
                 "`termlease why " + asked.share + "` tells what the journal knows of it");
  return wish;
}

/// A flat list of what comes, with what came of it.
class follower {
public:
  follower(const console& to, const trace_wish& asked) : to_(to), asked_(asked) {}

  void tell_news() {
    const auto news = read_on();
    auto wish = wish_in(news, asked_);
    const auto chosen = trace::matching(news, wish);
    const auto newest = news.steps.empty() ? 0 : news.steps.back().began;
    for (std::size_t at = 0; at < news.steps.size(); ++at) {
      const auto& each = news.steps[at];
      const bool is_late = newest - each.began > patience_ns;
      // It is told when it is over; one that is missing is just being written.
      if (each.what.outcome == trace::step_outcome::running && !is_late) return;
      if (each.id != next_ && next_ != 1 && !is_late) return;
      next_ = each.id + 1;
      if (!chosen[at] && !told_.contains(each.parent())) continue;
      told_.insert(each.id);
      if (to_.json())
        to_.print_line(trace::json_of(news, each));
      else
        print_step(to_, news, each);
    }
    if (told_.size() > most_told) told_.clear();
  }

  void begin_after(const trace::about_trace& now) {
    next_ = now.next;
    runtime_ = now.instance;
  }

private:
  /// A runtime that was started meanwhile is followed from its beginning; its trace may not be
  /// there yet.
  trace::log read_on() {
    try {
      auto news = read_own_trace({}, next_);
      if (news.about.instance == runtime_) return news;
      next_ = 1;
      runtime_ = news.about.instance;
      told_.clear();
      return read_own_trace({});
    } catch (const failed& why) {
      if (why.why().code != "no_trace" && why.why().code != "bad_trace") throw;
      return {};
    }
  }

  static constexpr std::size_t most_told = 1'000'000;

  const console& to_;
  const trace_wish& asked_;
  std::uint64_t next_ = 1;
  std::uint64_t runtime_ = 0; ///< which one, by its trace's instance
  std::unordered_set<std::uint64_t> told_;
};

exit_code follow_trace(const console& to, const trace_wish& asked) {
  if (!asked.file.empty() || !asked.since.empty())
    throw usage_error("usage", "--follow tells what comes, so --file and --since make no sense",
                      "leave one of them out");
  const signal_watch signals;
  follower news(to, asked);
  news.begin_after(read_own_trace({}).about);
  while (!signals.wait(look_again)) news.tell_news();
  return exit_code::done;
}

exit_code show(const invocation& run, trace_wish asked) {
  if (asked.follow) return follow_trace(run.screen, asked);
  const bool for_all = asked.share.empty() && asked.correlation.empty() && asked.actor.empty() &&
                       asked.topic.empty() && asked.file.empty();
  if (for_all && asked.since.empty()) {
    asked.since = "1m";
    run.screen.note("the last minute; --since, --share and others choose");
  }
  const auto all = read_own_trace(asked.file);
  const auto chosen = trace::only(all, trace::select(all, wish_in(all, asked)));
  if (run.screen.json()) {
    auto list = messages::json::array();
    for (const auto& each : chosen.steps) list.push_back(trace::json_of(chosen, each));
    run.screen.print(list);
    return exit_code::done;
  }
  if (chosen.steps.empty()) run.screen.note("the trace holds nothing of that");
  print_trees(run.screen, chosen, !asked.whole);
  if (const auto gaps = gaps_of(all); !gaps.empty()) run.screen.note(gaps);
  return exit_code::done;
}

/// What the journal says of that time, so that a recording can be made a scenario.
std::string journal_since(const invocation& run, messages::instant since) {
  try {
    auto runtime = run.connect_only();
    messages::query_audit query;
    query.since = since;
    return messages::json{{"records", messages::encode(read_all(runtime, query))}}.dump();
  } catch (const failed& why) {
    run.screen.note("the journal's part is left out: " + why.why().message);
    return {};
  }
}

/// Of a recording the last steps are meant, and its own part of the journal.
exit_code record(const invocation& run, const trace_wish& asked, messages::span last) {
  const auto all = read_own_trace(asked.file);
  const bool is_live = asked.file.empty();
  const auto newest =
      is_live || all.steps.empty() ? now() : messages::instant{all.wall_of(all.steps.back().began)};
  const auto since = asked.since.empty() ? newest - last : since_argument(asked.since);
  auto wish = wish_in(all, asked);
  wish.since = clock_of(all, since);
  const auto part = trace::only(all, trace::select(all, wish));
  const auto tail = is_live ? journal_since(run, since) : all.tail;
  write_own_file(asked.output, trace::recording_of(part, tail), replacing::allowed);
  run.screen.done(std::to_string(part.steps.size()) + " turns are in " + asked.output);
  return exit_code::done;
}

exit_code write_export(const invocation& run, const trace_wish& asked) {
  const auto* format = trace::find_format(asked.format);
  if (format == nullptr) {
    std::string known;
    for (const auto& each : trace::formats())
      known += (known.empty() ? "" : ", ") + std::string(each.name);
    throw usage_error("bad_format", "there is no format '" + asked.format + "'",
                      "give one of: " + known);
  }
  if (format->is_binary && asked.output.empty() && ::isatty(STDOUT_FILENO) != 0)
    throw usage_error("binary_output", "this format is no text, and this is a terminal",
                      "say where to with -o FILE");
  const auto all = read_own_trace(asked.file);
  const auto part = trace::only(all, trace::select(all, wish_in(all, asked)));
  if (asked.output.empty()) {
    format->write(part, run.screen.out());
    return exit_code::done;
  }
  write_own_file(
      asked.output, [&](std::ostream& to) { format->write(part, to); }, replacing::allowed);
  run.screen.done(std::to_string(part.steps.size()) + " turns are in " + asked.output);
  return exit_code::done;
}

/// What is only for looking.
void refuse_looking(const trace_wish& asked) {
  if (asked.follow || asked.whole)
    throw usage_error("usage", "--follow and --whole are for looking at a trace",
                      "leave them out here");
}

void add_choosing(CLI::App* command, trace_wish& wish) {
  add_text(command, "--share", wish.share, "ID", "what belongs to this share");
  add_text(command, "--correlation", wish.correlation, "ID", "what belongs to this correlation");
  add_text(command, "--actor", wish.actor, "PATTERN",
           "what these actors did, and what came of it: journal, 'shares/*'");
  add_text(command, "--topic", wish.topic, "TOPIC",
           "messages about this topic or method; * is one word of it, > the rest");
  add_text(command, "--since", wish.since, "TIME",
           "from then on: RFC 3339, or 2h for two hours ago");
  add_text(command, "--file", wish.file, "FILE", "a recording, instead of the runtime's own trace");
}

} // namespace

void add_trace_commands(CLI::App& program, invocation& run) {
  auto* command = add_command(program, heading::looking,
                              {"trace", "what the parts of the runtime did, and what caused what",
                               "termlease trace --share 3f2a9c1d\ntermlease trace --follow\n"
                               "termlease trace record --last 10m -o incident.trace\n"
                               "termlease trace export --format perfetto -o incident.pftrace"});
  command->require_subcommand(0, 1);
  const auto wish = std::make_shared<trace_wish>();
  add_choosing(command, *wish);
  command->add_flag("--follow", wish->follow, "what comes from now on, until Ctrl-C");
  command->add_flag("--whole", wish->whole, "also neighbours that look alike, one by one");
  on_run(command, run, [wish, &run] { return show(run, *wish); });

  auto* kept = add_command(*command, "Commands",
                           {"record", "keep a part of the trace in a file",
                            "termlease trace record --last 10m -o incident.trace"});
  const auto last = std::make_shared<messages::span>(messages::minutes(10));
  add_choosing(kept, *wish); // the same, whichever side of the command's word they stand on
  add_span(kept, "--last", *last, "how far back; 10m if not given");
  add_text(kept, "-o,--output", wish->output, "FILE", "where to")->required();
  on_run(kept, run, [wish, last, &run] {
    refuse_looking(*wish);
    return record(run, *wish, *last);
  });

  auto* exported = add_command(*command, "Commands",
                               {"export", "write a trace for another program",
                                "termlease trace export --format mermaid --share 3f2a9c1d\n"
                                "termlease trace export --format otlp -o spans.json"});
  add_choosing(exported, *wish);
  add_text(exported, "--format", wish->format, "perfetto|otlp|mermaid|shiviz|ndjson", "for whom")
      ->required();
  add_text(exported, "-o,--output", wish->output, "FILE", "where to; stdout if not given");
  on_run(exported, run, [wish, &run] {
    refuse_looking(*wish);
    return write_export(run, *wish);
  });
}

} // namespace termlease::cli
