#include "messages/backends.hpp"
#include "messages/failure.hpp"
#include "tools/worker/backend.hpp"
#include "tools/worker/tmate/driver.hpp"
#include "tools/worker/upterm/driver.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace termlease::worker {

namespace {

constexpr std::array backends{backend_entry{"upterm", &upterm::make_driver},
                              backend_entry{"tmate", &tmate::make_driver}};

static_assert(std::equal(backends.begin(), backends.end(), messages::backend_names.begin(),
                         messages::backend_names.end(),
                         [](const auto& entry, auto name) { return entry.name == name; }),
              "a backend that a share can ask for is one that the worker has");

} // namespace

std::span<const backend_entry> known_backends() {
  return backends;
}

std::unique_ptr<backend> make_backend(std::span<const backend_entry> among, backend_setup setup) {
  for (const auto& each : among)
    if (each.name == setup.share.backend) return each.make(std::move(setup));
  throw messages::failed(messages::unknown_backend(setup.share.backend));
}

} // namespace termlease::worker
