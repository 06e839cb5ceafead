#pragma once

// Why: which backends there are is asked in several rooms: where a request is checked, where a
// relay is started, where a worker runs one. They are named here, and nowhere else is one listed.

#include "messages/failure.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace termlease::messages {

inline constexpr std::array<std::string_view, 2> backend_names{"upterm", "tmate"};

inline bool is_backend(std::string_view name) {
  return std::find(backend_names.begin(), backend_names.end(), name) != backend_names.end();
}

/// What to say of one that there isn't.
inline failure unknown_backend(const std::string& name) {
  return {"unknown_backend",
          "there is no backend '" + name + "'",
          {"use upterm or tmate; `termlease doctor` says which of them is here, and how to get the "
           "other"},
          false};
}

} // namespace termlease::messages
