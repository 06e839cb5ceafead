#include "tools/termlease/invocation.hpp"

#include "config/complaints.hpp"
#include "messages/tokens.hpp"
#include "tools/termlease/runtime/launch.hpp"

#include <cstdlib>

namespace termlease::cli {

using messages::failed;

namespace {

/// The environment is the one place of a process that other users can't read and arguments aren't
/// in.
void authenticate(bus::client& to) {
  const auto token = variable("TERMLEASE_TOKEN");
  if (!token.empty()) to.ask<messages::identity>(messages::authenticate{messages::secret{token}});
}

} // namespace

bus::client invocation::connect_only() const {
  bus::client made(config::find_paths().bus_socket());
  authenticate(made);
  return made;
}

bus::client invocation::connect() const {
  try {
    return connect_only();
  } catch (const failed& problem) {
    if (problem.why().code != "no_runtime" || options.no_start) throw;
  }
  launch_runtime(config::find_paths());
  return connect_only();
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

config::settings current_settings(const config::paths& where) {
  auto loaded = config::load_settings(where.settings_file(), where.home);
  if (!loaded.mistakes.empty()) throw failed(config::as_failure("bad_settings", loaded.mistakes));
  return loaded.values;
}

} // namespace termlease::cli
