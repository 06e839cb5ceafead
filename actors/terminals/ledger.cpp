#include "actors/terminals/terminals.hpp"

#include "messages/json.hpp"

namespace termlease::actors {

using namespace messages;

void terminal_ledger::apply(const record& record) {
  const auto is = [&](std::string_view topic) { return record.event_type == topic; };
  const auto payload = [&] { return json::parse(record.metadata.text); };
  if (is(terminal_spawned::describe().name)) {
    const auto view = decoded<terminal_spawned>(payload()).terminal;
    open_[view.terminal_id] = view;
  } else if (is(terminal_adopted::describe().name)) {
    const auto view = decoded<terminal_adopted>(payload()).terminal;
    open_[view.terminal_id] = view;
  } else if (is(terminal_closed::describe().name)) {
    if (open_.erase(record.terminal_id) > 0)
      closed_.add(decoded<terminal_closed>(payload()).terminal);
  }
}

} // namespace termlease::actors
