#include "tools/termlease/top/bodies.hpp"

#include <array>
#include <string_view>

namespace termlease::cli::top {

namespace {

const std::array<std::string_view, 21> help_text{
    "Up Down PgUp PgDn Home End, or k j Ctrl-B Ctrl-F g G: move",
    "Enter: the last messages of an actor, from the runtime's ring",
    "Space: fold or unfold a branch; Left or - fold, Right or + unfold",
    "s, S: the next or previous order: tree, mailbox, messages/s, busy, restarts",
    "/: show only names with this text; Enter keeps it, Esc clears it",
    "p: pause, and go on",
    "Ctrl-L: draw everything anew",
    "Esc: back; q: back, and quit",
    "",
    "STATE: running; queued: messages wait; slow: more than a second in one message;",
    "restarting: crashed, and soon started again. Marks: * queued, ! slow, restarting",
    "MAILBOX: messages that wait",
    "MSG/S: messages handled in a second, since the picture before",
    "BUSY: for how long the current message has been handled",
    "RESTARTS: within the window of the budget; LEFT: so many more are forgiven",
    "TIMERS: messages to itself that wait for their time",
    "DEAD: messages that came after it had ended",
    "",
    "A folded branch shows the sums of all in it, the longest BUSY, the least LEFT,",
    "and the worst state.",
    "`termlease trace` and `termlease why` tell what led to what."};

std::vector<std::string> help_lines(std::size_t width) {
  std::vector<std::string> all;
  for (const auto& each : help_text) {
    const auto lines = wrapped(each, width);
    if (lines.empty()) all.emplace_back();
    all.insert(all.end(), lines.begin(), lines.end());
  }
  return all;
}

} // namespace

std::size_t help_length(std::size_t width) {
  return help_lines(width).size();
}

body help_body(const scene& what, std::size_t width, std::size_t room) {
  return {heading("KEYS, AND WHAT IS SHOWN", width),
          texts(help_lines(width), what.first_help, room)};
}

} // namespace termlease::cli::top
