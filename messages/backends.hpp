#pragma once

// Why: which backends there are, and what each can do, is asked in several rooms: where a request
// or a policy is checked, where a relay is started, where a worker runs one. They are named here,
// and nowhere else is one of them special by its name.

#include "messages/failure.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace termlease::messages {

struct backend_traits {
  std::string_view name;
  /// Whether each guest has a program of its own, so that one can be put out, recorded or given the
  /// keyboard alone. Otherwise all of them look at one.
  bool tells_guests_apart;
};

inline constexpr std::array backends{backend_traits{"upterm", true},
                                     backend_traits{"tmate", false}};

inline constexpr auto backend_names = [] {
  std::array<std::string_view, backends.size()> names;
  std::transform(backends.begin(), backends.end(), names.begin(),
                 [](const auto& each) { return each.name; });
  return names;
}();

inline bool is_backend(std::string_view name) {
  return std::find(backend_names.begin(), backend_names.end(), name) != backend_names.end();
}

/// False for one that there isn't.
inline bool tells_guests_apart(std::string_view name) {
  return std::any_of(backends.begin(), backends.end(), [&](const auto& each) {
    return each.name == name && each.tells_guests_apart;
  });
}

/// What to say of one that there isn't.
inline failure unknown_backend(const std::string& name) {
  std::string known;
  for (const auto each : backend_names) known.append(known.empty() ? "" : ", ").append(each);
  return {"unknown_backend",
          "there is no backend '" + name.substr(0, 40) + "'",
          {"the backends are: " + known +
           "; `termlease doctor` says which of them are here, and how to get the others"},
          false};
}

} // namespace termlease::messages
