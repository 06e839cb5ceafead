#include "messages/shares.hpp"
#include "tools/termlease/command_line.hpp"
#include "tools/termlease/output/views.hpp"

namespace termlease::cli {

void add_share_list_commands(CLI::App& program, invocation& run) {
  auto* shares = add_command(program, heading::sharing,
                             {"shares", "list the shares: state, guests, time left",
                              "termlease shares\ntermlease shares --links\n"
                              "termlease shares --all --json"});
  const auto listed = std::make_shared<messages::list_shares>();
  shares->add_flag("--links", listed->links, "with their links, which are secrets");
  shares->add_flag("--all", listed->all, "ended and denied ones too");
  on_run(shares, run, [listed, &run] {
    const auto found = run.connect().ask<messages::share_list>(*listed).shares;
    if (run.screen.json())
      run.screen.print(messages::encode(found));
    else
      print_shares(run.screen, found);
    return exit_code::done;
  });

  auto* show = add_command(program, heading::sharing,
                           {"show", "show one share with its guests",
                            "termlease show 3f2a9c1d\ntermlease show 3f2a9c1d --links"});
  const auto shown = std::make_shared<messages::show_share>();
  add_text(show, "SHARE", shown->share, "ID", "its id, or a beginning or end of it")->required();
  show->add_flag("--links", shown->links, "with its link, which is a secret");
  on_run(show, run, [shown, &run] {
    const auto share = run.connect().ask<messages::share_view>(*shown);
    if (run.screen.json())
      run.screen.print(messages::encode(share));
    else
      print_share(run.screen, share);
    return exit_code::done;
  });
}

} // namespace termlease::cli
