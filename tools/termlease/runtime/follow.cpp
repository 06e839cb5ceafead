#include "tools/termlease/runtime/follow.hpp"

#include "messages/shares.hpp"
#include "tools/termlease/runtime/interruption.hpp"

#include <array>
#include <cerrno>
#include <poll.h>

namespace termlease::cli {

using messages::failed;

void follow(bus::client& from, const messages::subscribe& wish,
            const std::function<void(const messages::envelope&)>& tell) {
  const signal_watch signals;
  from.call(messages::subscribe::describe().name, messages::encode(wish), std::chrono::seconds(30));
  for (;;) {
    while (const auto event = from.next_event(std::chrono::milliseconds{0})) tell(*event);
    std::array<pollfd, 2> ready{{{signals.readable(), POLLIN, 0}, {from.descriptor(), POLLIN, 0}}};
    if (::poll(ready.data(), ready.size(), -1) < 0 && errno != EINTR)
      throw failed("connection_lost", "waiting for events failed", "try again");
    if (ready[0].revents != 0) return;
  }
}

std::string full_share_id(bus::client& runtime, const std::string& id) {
  if (id.empty()) return id;
  try {
    return runtime.ask<messages::share_view>(messages::show_share{id}).share_id;
  } catch (const failed& problem) {
    if (problem.why().code != "no_such_share") throw;
    return id;
  }
}

} // namespace termlease::cli
