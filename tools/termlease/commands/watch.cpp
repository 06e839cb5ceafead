#include "messages/envelope.hpp"
#include "tools/termlease/command_line.hpp"
#include "tools/termlease/output/event_text.hpp"
#include "tools/termlease/output/safe_text.hpp"
#include "tools/termlease/output/times.hpp"
#include "tools/termlease/output/views.hpp"
#include "tools/termlease/runtime/follow.hpp"

namespace termlease::cli {

using messages::envelope;

namespace {

/// Everything but `audit.recorded`, which says the same things once more.
const std::vector<std::string> everything{"terminal.>", "share.>", "approval.>", "token.>",
                                          "policy.>",   "relay.>", "actor.>",    "runtime.>"};

constexpr std::size_t what_width = 18;
constexpr std::size_t name_width = 12;
constexpr std::size_t id_width = 8;

std::string padded(std::string text, std::size_t width) {
  const auto taken = width_of(text);
  if (taken < width) text.append(width - taken, ' ');
  return text;
}

tone tone_of(std::string_view topic) {
  if (topic == "share.session.started" || topic == "share.guest.joined") return tone::good;
  if (topic == "share.warned" || topic == "approval.requested") return tone::warning;
  if (topic.ends_with(".denied") || topic.ends_with(".rejected") || topic == "actor.restarted" ||
      topic == "bus.gap")
    return tone::bad;
  if (is_snapshot(topic)) return tone::dim;
  return tone::plain;
}

std::string terminal_in(const messages::json& payload) {
  for (const char* from : {"share", "approval"})
    if (auto name = text_in(payload, from, "terminal_name"); !name.empty()) return name;
  return text_in(payload, "terminal", "name");
}

void print_event(const console& to, const envelope& event) {
  const auto payload = messages::json::parse(event.payload.text, nullptr, false);
  const auto& colours = to.out_style();
  auto& out = to.out();
  out << colours.paint(tone::dim, local_time(event.ts, now())) << "  "
      << colours.paint(tone_of(event.topic), padded(words_of(event.topic), what_width)) << "  "
      << padded(safe(terminal_in(payload)), name_width) << "  "
      << padded(safe(short_id(event.share_id)), id_width) << "  "
      << padded(is_snapshot(event.topic) ? std::string{} : safe(messages::to_text(event.actor)),
                name_width);
  const auto detail = detail_of(event.topic, payload);
  if (!detail.empty()) out << "  " << detail;
  out << std::endl;
}

/// "share.>,terminal.*" and repeated options alike.
std::vector<std::string> split(const std::vector<std::string>& lists) {
  std::vector<std::string> words;
  for (const auto& list : lists)
    for (auto& each : CLI::detail::split(list, ','))
      if (!each.empty()) words.push_back(std::move(each));
  return words;
}

} // namespace

void add_watch_command(CLI::App& program, invocation& run) {
  auto* command = add_command(program, heading::looking,
                              {"watch", "follow what happens, a line for each event, until Ctrl-C",
                               "termlease watch\ntermlease watch --share 3f2a9c1d\n"
                               "termlease watch --topics 'share.guest.*' --json"});
  const auto share = std::make_shared<std::string>();
  const auto topics = std::make_shared<std::vector<std::string>>();
  add_text(command, "--share", *share, "ID", "only this share");
  command->add_option("--topics", *topics, "only these; * is one word of a topic, > the rest")
      ->type_name("LIST")
      ->allow_extra_args(false);
  on_run(command, run, [share, topics, &run] {
    auto runtime = run.connect();
    messages::subscribe wish;
    wish.topics = topics->empty() ? everything : split(*topics);
    wish.share_id = full_share_id(runtime, *share);
    follow(runtime, wish, [&run](const envelope& event) {
      if (run.screen.json())
        run.screen.print_line(messages::encode(event));
      else
        print_event(run.screen, event);
    });
    return exit_code::done;
  });
}

} // namespace termlease::cli
