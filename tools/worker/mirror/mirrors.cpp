#include "tools/worker/mirror/mirror.hpp"
#include "tools/worker/mirror/tmux/tmux_mirror.hpp"
#include "tools/worker/mirror/zellij/zellij_mirror.hpp"

#include <array>
#include <utility>

namespace termlease::worker {

namespace {

template <class Mirror>
std::unique_ptr<mirror> make(loop& events, mirror_options&& options, mirror_events&& callbacks) {
  return std::make_unique<Mirror>(events, std::move(options), std::move(callbacks));
}

constexpr std::array mirrors{mirror_entry{"tmux", &make<tmux_mirror>},
                             mirror_entry{"zellij", &make<zellij_mirror>}};

} // namespace

std::span<const mirror_entry> known_mirrors() {
  return mirrors;
}

std::unique_ptr<mirror> make_mirror(std::span<const mirror_entry> among, loop& events,
                                    mirror_options options, mirror_events callbacks) {
  for (const auto& each : among)
    if (each.host == options.host)
      return each.make(events, std::move(options), std::move(callbacks));
  throw messages::failed("unknown_host",
                         "this worker has no mirror for '" + options.host.substr(0, 40) + "'",
                         "install the runtime and its worker together");
}

} // namespace termlease::worker
