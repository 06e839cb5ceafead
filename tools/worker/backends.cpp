#include "messages/backends.hpp"
#include "messages/failure.hpp"
#include "tools/worker/backend.hpp"
#include "tools/worker/tmate/driver.hpp"
#include "tools/worker/upterm/driver.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace termlease::worker {

namespace {

using maker = std::unique_ptr<backend> (*)(backend_setup);

constexpr std::array<std::pair<std::string_view, maker>, 2> makers{{
    {"upterm", &upterm::make_driver},
    {"tmate", &tmate::make_driver},
}};

} // namespace

std::unique_ptr<backend> make_backend(backend_setup setup) {
  for (const auto& [name, make] : makers)
    if (name == setup.share.backend) return make(std::move(setup));
  throw messages::failed(messages::unknown_backend(setup.share.backend));
}

} // namespace termlease::worker
