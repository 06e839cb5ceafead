#include "tools/termlease/command_line.hpp"
#include "tools/termlease/output/times.hpp"
#include "tools/termlease/runtime/interruption.hpp"
#include "tools/termlease/top/board.hpp"
#include "tools/termlease/top/feed.hpp"
#include "tools/termlease/top/screen.hpp"
#include "tools/termlease/top/view.hpp"

#include <array>
#include <unistd.h>

namespace termlease::cli {

namespace {

constexpr messages::span shortest_interval{100};

/// Whatever can be known before anybody is asked.
void check(const invocation& run, messages::span interval) {
  if (interval < shortest_interval)
    throw usage_error("bad_duration", "--interval can't be shorter than 100ms",
                      "give a length of time, for example 1s");
  if (run.screen.json())
    throw usage_error("usage", "top draws a picture, which is no JSON",
                      "`termlease tree --json` prints the same once");
  if (::isatty(STDIN_FILENO) != 1 || ::isatty(STDOUT_FILENO) != 1)
    throw usage_error("usage", "top draws on a terminal, and this is none",
                      "`termlease tree` prints the same once");
  top::check_terminal();
}

/// Throws what makes no sense to try again.
void hand_on(top::news news, top::board& to) {
  if (const auto* said = std::get_if<top::answer>(&news)) return to.take(*said, now());
  const auto& why = std::get<messages::failure>(news);
  if (exit_code_of(why) == exit_code::denied) throw messages::failed(why);
  to.take(why, now());
}

exit_code show_top(const invocation& run, messages::span interval) {
  check(run, interval);
  top::feed feed(run, interval);
  top::board board;
  const signal_watch signals;
  top::screen screen(run.screen.out_style().on());
  const std::array<int, 2> others{signals.readable(), feed.readable()};
  do {
    for (const auto& each : screen.keys())
      if (!board.press(each)) return exit_code::done;
    while (auto news = feed.take()) hand_on(std::move(*news), board);
    if (const auto actor = board.wants())
      board.take(top::read_past(*actor, board.now().runtime.pid));
    const auto size = screen.size();
    board.fit(size);
    screen.show(top::draw(board.now(), size));
  } while (screen.wait(others) && !signals.take());
  return exit_code::done;
}

} // namespace

void add_top_command(CLI::App& program, invocation& run) {
  auto interval = std::make_shared<messages::span>(messages::seconds(1));
  auto* command =
      add_command(program, heading::looking,
                  {"top", "the parts of the runtime, live: who is busy, waits or is restarted",
                   "termlease top\ntermlease top --interval 200ms"});
  add_span(command, "--interval", *interval,
           "how often to look; 1s when not given, at least 100ms");
  on_run(command, run, [&run, interval] { return show_top(run, *interval); });
}

} // namespace termlease::cli
