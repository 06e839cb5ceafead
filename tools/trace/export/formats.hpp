#pragma once

// Why: good programs that draw what caused what exist already, each with a format of its own. So
// the trace is written for them, and nothing here draws. All of them are in one table, which the
// command line reads as well.

#include "bus/trace/reader.hpp"

#include <iosfwd>
#include <span>
#include <string_view>

namespace termlease::trace {

struct export_format {
  std::string_view name;
  std::string_view doc;
  bool is_binary = false; ///< no text: nothing for a terminal
  void (*write)(const log& from, std::ostream& to) = nullptr;
};

/// All of them, in the order in which they are told.
std::span<const export_format> formats();

/// Null when there is none of that name.
const export_format* find_format(std::string_view name);

} // namespace termlease::trace
