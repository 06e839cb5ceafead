#pragma once

// Why: a wide screen has room for everything, one of 20 by 5 for the one thing that matters; both
// are asked for in the middle of an incident. So what is around the rows shrinks first, the columns
// go in the order of what they tell, and what stands out does so by a mark and a word, not by
// colour alone.

#include "tools/termlease/top/scene.hpp"
#include "tools/termlease/top/text.hpp"

#include <cstddef>
#include <vector>

namespace termlease::cli::top {

/// How many lines are left for the rows, messages or help of a scene.
std::size_t room_in(const extent& size);

/// How many lines of these there are, on a screen of this width.
std::size_t length_of(const scene& what, const extent& size);

/// The whole screen: exactly as many lines as it has, none of them wider.
std::vector<line> draw(const scene& what, const extent& size);

} // namespace termlease::cli::top
