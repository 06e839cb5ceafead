#pragma once

// Why: what stands in the middle of the screen is one of three tables, which have nothing in common
// but their frame. Each is drawn in a file of its own, and says how long it would be, so that
// somebody can move through it.

#include "tools/termlease/top/scene.hpp"
#include "tools/termlease/top/text.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <vector>

namespace termlease::cli::top {

struct body {
  line heading;
  std::vector<line> lines;
};

/// `room` lines of each, from the one on that the scene says.
body rows_body(const scene& what, std::size_t width, std::size_t room);
body messages_body(const scene& what, std::size_t width, std::size_t room);
body help_body(const scene& what, std::size_t width, std::size_t room);

/// How many lines each would have on a screen that is tall enough.
std::size_t messages_length(const scene& what, std::size_t width);
std::size_t help_length(std::size_t width);

/// The room for a name below which other columns give way.
inline std::size_t least_name(std::size_t width, std::size_t longest) {
  return std::min(longest, std::max<std::size_t>(12, width / 4));
}

/// Those of all lines that are on the screen.
template <class List, class Draw>
std::vector<line> visible(const List& all, std::size_t first, std::size_t room, Draw draw_one) {
  std::vector<line> lines;
  const auto last = std::min(std::size(all), first + room);
  for (auto at = first; at < last; ++at) lines.push_back(draw_one(all[at], at));
  return lines;
}

inline std::vector<line> texts(const std::vector<std::string>& all, std::size_t first,
                               std::size_t room) {
  return visible(all, first, room, [](const std::string& each, std::size_t) {
    return line{{{each}}, false};
  });
}

/// A heading over something that is no table.
inline line heading(std::string_view text, std::size_t width) {
  return {{{cut(text, width), tone::bold}}, false};
}

} // namespace termlease::cli::top
