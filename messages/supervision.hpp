#pragma once

// Why: an operator who asks what is wrong needs the tree as it runs and what was restarted in it,
// and the same words serve a test that makes parts crash. What a receipt says of the terminals
// beside the crash is counted, not claimed: a terminal whose counter stands still had no turn.

#include "messages/json.hpp"
#include "messages/names.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace termlease::messages {

/// How many messages a terminal's actor had handled.
struct terminal_turns {
  std::string terminal_id;
  std::uint64_t before = 0; ///< the crash
  std::uint64_t after = 0;  ///< the restart

  static constexpr auto describe() {
    return described("terminal_turns", "how far a terminal's actor came",
                     field("terminal_id", &terminal_turns::terminal_id),
                     field("before", &terminal_turns::before),
                     field("after", &terminal_turns::after));
  }
};

/// The receipt of a restart.
struct actor_restarted {
  std::string actor;
  std::string why;
  std::uint32_t attempt = 0;
  std::uint32_t budget_left = 0;
  span after;
  std::uint64_t lost = 0; ///< messages that it had not handled; those for a branch wait instead
  std::vector<terminal_turns> terminals;
  std::string trace{}; ///< the file with the turns that led to it; empty: none is kept

  static constexpr auto describe() {
    return event("actor.restarted", "a supervisor restarted a crashed actor",
                 field("actor", &actor_restarted::actor), field("why", &actor_restarted::why),
                 field("attempt", &actor_restarted::attempt),
                 field("budget_left", &actor_restarted::budget_left),
                 field("after", &actor_restarted::after), field("lost", &actor_restarted::lost),
                 field("terminals", &actor_restarted::terminals),
                 field("trace", &actor_restarted::trace));
  }
};

/// Result: actor_list.
struct get_tree {
  static constexpr auto describe() {
    return messages::command("runtime.tree", "the supervised actors as they are now");
  }
};

enum class actor_state { running, restarting };

constexpr auto names_of(actor_state) {
  return std::array<name_entry<actor_state>, 2>{
      {{actor_state::running, "running"}, {actor_state::restarting, "restarting"}}};
}

struct actor_view {
  std::string actor; ///< its path: "shares/ID/ttl clock"
  actor_state state = actor_state::running;
  std::uint32_t restarts = 0; ///< within the window
  std::uint32_t budget_left = 0;
  std::uint64_t mailbox = 0;      ///< messages that wait
  std::uint64_t turns = 0;        ///< messages that were handled
  span busy_for;                  ///< with the current message; zero: with none
  std::uint32_t timers = 0;       ///< messages to itself that wait for their time
  std::uint64_t dead_letters = 0; ///< messages that came after it had ended

  static constexpr auto describe() {
    return described("actor", "a supervised actor", field("actor", &actor_view::actor),
                     field("state", &actor_view::state), field("restarts", &actor_view::restarts),
                     field("budget_left", &actor_view::budget_left),
                     field("mailbox", &actor_view::mailbox), field("turns", &actor_view::turns),
                     field("busy_for", &actor_view::busy_for), field("timers", &actor_view::timers),
                     field("dead_letters", &actor_view::dead_letters));
  }
};

struct actor_list {
  std::vector<actor_view> actors; ///< by path

  static constexpr auto describe() {
    return described("actor_list", "the supervision tree", field("actors", &actor_list::actors));
  }
};

/// Makes an actor crash, so that what follows can be seen. Errors: chaos_forbidden, no_such_actor.
struct crash_actor {
  std::string actor; ///< its path

  static constexpr auto describe() {
    return messages::command("chaos.crash",
                             "makes an actor crash; only where the settings allow it",
                             field("actor", &crash_actor::actor));
  }
};

/// On the record before it happens.
struct actor_crashed {
  std::string actor;

  static constexpr auto describe() {
    return event("chaos.crashed", "somebody made an actor crash",
                 field("actor", &actor_crashed::actor));
  }
};

} // namespace termlease::messages
