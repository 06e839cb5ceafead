#include "tools/scenario/simulation/machine.hpp"

#include "messages/failure.hpp"

namespace termlease::scenario {

using messages::failed;

namespace {

constexpr auto a_key =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f relay\n";

} // namespace

machine::machine()
    : policy(std::make_shared<config::text_policy_source>(config::starter_policy())) {
  processes.others = [this](const messages::run_program& wanted) -> messages::program_result {
    const auto& key = wanted.argv.back(); // ssh-keygen
    if (files.files.contains(key)) return {1, {}, key + " already exists.", {}};
    files.files[key] = "the private half of a key\n";
    files.files[key + ".pub"] = a_key;
    return {};
  };
}

std::filesystem::path machine::find_host(std::string_view host) const {
  const std::string name(host);
  if (!installed.contains(name))
    throw failed(name == "tmux" ? "tmux_missing" : "host_missing", name + " is not installed",
                 "install it");
  return "/usr/bin/" + name;
}

config::upterm_choice machine::find_upterm() const {
  if (!installed.contains("upterm"))
    throw failed("backend_missing", "upterm is not installed, and none was built yet",
                 "`./run` builds it once into your cache folder");
  return upterm;
}

config::tmate_programs machine::find_tmate() const {
  if (!installed.contains("tmate"))
    throw failed("backend_missing", "tmate is not installed",
                 "install it: apt-get install tmate; or share through upterm");
  return {"/usr/bin/tmate", "/usr/bin/tmate-relay"};
}

} // namespace termlease::scenario
