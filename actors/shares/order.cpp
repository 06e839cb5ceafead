#include "actors/shares/order.hpp"

#include <algorithm>

namespace termlease::actors {

using namespace messages;

std::array<std::string, 2> folders_of(const environment& env, const std::string& share_id) {
  // Short enough for a socket's path, and still the share's own: the random end of its id.
  const auto name = share_id.substr(share_id.size() - std::min<std::size_t>(12, share_id.size()));
  const auto folder = (env.paths.shares() / name).string();
  return {folder, folder + "+"};
}

share_order order_of(const environment& env, const caller& from, const start_share& wanted,
                     const terminal_view& terminal, const caf::actor& address) {
  share_order order;
  order.view.share_id = env.next_id();
  order.view.terminal_id = terminal.terminal_id;
  order.view.terminal_name = terminal.name;
  order.view.backend = wanted.backend;
  order.view.mode = wanted.mode;
  order.view.created_at = env.now();
  order.view.requested_by = to_text(from.who);
  order.view.reason = wanted.reason;
  order.view.terms = wanted.terms;
  order.view.correlation_id = from.correlation_id;
  order.keys = wanted.keys;
  order.ttl = wanted.ttl;
  order.warn = wanted.warn;
  order.wait = wanted.wait;
  order.from = from;
  order.terminal = terminal;
  order.terminal_address = address;
  return order;
}

share_order resumed_order(const share_requested& known, const terminal_view& terminal,
                          const caf::actor& address) {
  share_order order;
  order.view = known.share;
  order.keys = known.keys;
  order.ttl = known.ttl;
  order.warn = known.warn;
  order.terminal = terminal;
  order.terminal_address = address;
  order.resumed = true;
  order.from.who = identity_from(known.share.requested_by);
  order.from.correlation_id = known.share.correlation_id;
  return order;
}

} // namespace termlease::actors
