#pragma once

// Why: what is on the screen follows from one value, so that drawing is a function: the same scene
// on a terminal of another size is another picture, and a test needs neither keys nor a terminal to
// look at it.

#include "tools/termlease/top/keys.hpp"
#include "tools/termlease/top/model.hpp"
#include "tools/termlease/top/past.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace termlease::cli::top {

/// A terminal's size in cells.
struct extent {
  std::size_t width = 80;
  std::size_t height = 24;

  bool operator==(const extent&) const = default;
};

/// The runtime didn't answer; safe texts, no code: it did.
struct trouble {
  std::string code;
  std::string message;
  std::string since; ///< "14:03:22"
};

struct scene {
  place at = place::rows;
  place behind = place::rows; ///< the help
  bool is_paused = false;
  std::string note; ///< about the last key; safe
  trouble wrong;

  messages::runtime_status runtime;
  messages::instant taken; ///< when the runtime said this
  totals sum;

  selection wanted;
  std::vector<row> rows;
  std::size_t chosen = 0; ///< of `rows`
  std::size_t first_row = 0;

  std::string opened;                 ///< the actor whose messages are shown; a path
  std::optional<standing> opened_now; ///< nothing: it is gone
  past last;
  std::size_t first_message = 0;

  std::size_t first_help = 0;
};

} // namespace termlease::cli::top
