#include "messages/failure.hpp"
#include "tools/worker/backend.hpp"
#include "tools/worker/upterm/driver.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace termlease::worker {

namespace {

using maker = std::unique_ptr<backend> (*)(backend_setup);

constexpr std::array<std::pair<std::string_view, maker>, 1> makers{{
    {"upterm", &upterm::make_driver},
}};

} // namespace

std::unique_ptr<backend> make_backend(backend_setup setup) {
  for (const auto& [name, make] : makers)
    if (name == setup.share.backend) return make(std::move(setup));
  throw messages::failed("unknown_backend",
                         "this worker has no backend called '" + setup.share.backend + "'",
                         "use upterm");
}

} // namespace termlease::worker
