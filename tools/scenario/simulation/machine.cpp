#include "tools/scenario/simulation/machine.hpp"

#include "messages/failure.hpp"

namespace termlease::scenario {

using messages::failed;

machine::machine()
    : policy(std::make_shared<config::text_policy_source>(config::starter_policy())) {
  processes.others = [this](const messages::run_program& wanted) -> messages::program_result {
    files.files[wanted.argv.back() + ".pub"] = "ssh-ed25519 AAAArelay relay\n"; // ssh-keygen
    return {};
  };
}

std::filesystem::path machine::find_tmux() const {
  if (!installed.contains("tmux"))
    throw failed("tmux_missing", "tmux is not installed", "install it: apt-get install tmux");
  return "/usr/bin/tmux";
}

config::upterm_choice machine::find_upterm() const {
  if (!installed.contains("upterm"))
    throw failed("backend_missing", "upterm is not installed, and none was built yet",
                 "`./run` builds it once into your cache folder");
  return upterm;
}

} // namespace termlease::scenario
