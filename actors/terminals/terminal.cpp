#include "actors/terminals/terminal.hpp"

#include "messages/edges.hpp"
#include "messages/leases.hpp"

namespace termlease::actors {

using namespace messages;

caf::behavior terminal(caf::event_based_actor* self, shared_environment env, caf::actor branch,
                       terminal_view view) {
  auto state = std::make_shared<terminal_view>(std::move(view));
  self->send(env->processes, watch_process{state->pane_pid});
  self->monitor(branch);
  self->set_down_handler([self](const caf::down_msg&) { self->quit(); });
  return {
      [=](const process_gone&) {
        state->state = terminal_state::closed;
        self->send(branch, terminal_ended{*state, "its program ended"});
        self->quit();
      },
  };
}

} // namespace termlease::actors
