#include "actors/terminals/host.hpp"
#include "actors/terminals/tmux/host.hpp"
#include "actors/terminals/zellij/host.hpp"

#include "messages/failure.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace termlease::actors {

namespace {

constexpr std::array hosts{host_entry{"tmux", &make_tmux_host},
                           host_entry{"zellij", &make_zellij_host}};

} // namespace

std::span<const host_entry> known_hosts() {
  return hosts;
}

std::unique_ptr<terminal_host> make_host(std::span<const host_entry> among, std::string_view name,
                                         shared_environment env, host_edges edges) {
  std::string known;
  for (const auto& each : among) {
    if (each.name == name) return each.make(std::move(env), std::move(edges));
    known.append(known.empty() ? "" : ", ").append(each.name);
  }
  throw messages::failed("unknown_host",
                         "'" + std::string(name.substr(0, 40)) +
                             "' is nothing that terminals live in here",
                         "the hosts are: " + known);
}

bool is_terminal_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && name.front() != '-' &&
         std::all_of(name.begin(), name.end(), [](unsigned char each) {
           return std::isalnum(each) || each == '_' || each == '-';
         });
}

} // namespace termlease::actors
