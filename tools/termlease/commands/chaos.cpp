#include "messages/supervision.hpp"
#include "tools/termlease/command_line.hpp"
#include "tools/termlease/output/safe_text.hpp"

namespace termlease::cli {

void add_chaos_commands(CLI::App& program, invocation& run) {
  auto* chaos = add_command(program, heading::running,
                            {"chaos", "make a part of the runtime crash, to see what follows",
                             "termlease chaos crash terminals"});
  chaos->require_subcommand(1);
  auto* crash = add_command(*chaos, "Commands",
                            {"crash", "crash one actor; only where the settings allow it",
                             "termlease chaos crash terminals\n"
                             "termlease chaos crash 'shares/0197…/ttl clock'"});
  const auto wanted = std::make_shared<messages::crash_actor>();
  crash->add_option("ACTOR", wanted->actor, "its path, as `termlease tree --json` has it")
      ->required();
  on_run(crash, run, [wanted, &run] {
    run.connect().call(messages::crash_actor::describe().name, messages::encode(*wanted),
                       std::chrono::seconds(30));
    if (run.screen.json())
      run.screen.print({{"crashed", wanted->actor}});
    else
      run.screen.done(safe(wanted->actor) + " was made to crash; see `termlease restarts`");
    return exit_code::done;
  });
}

} // namespace termlease::cli
