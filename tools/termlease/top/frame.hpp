#pragma once

// Why: around the rows stands what is true of all of them: which runtime, how much, whether the
// picture stands still or is old. It has two lines, one or none, by what room there is, and the
// parts that don't fit are left out whole.

#include "tools/termlease/top/scene.hpp"
#include "tools/termlease/top/text.hpp"

#include <vector>

namespace termlease::cli::top {

/// How many lines what stands around the rows takes on a screen of that size.
struct frame {
  std::size_t head = 0;
  std::size_t headings = 0;
  std::size_t foot = 0;
};

frame frame_of(const extent& size);

std::vector<line> head_of(const scene& what, const extent& size);
std::vector<line> foot_of(const scene& what, const extent& size);

} // namespace termlease::cli::top
