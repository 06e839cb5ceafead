#pragma once

// Why: what a scenario wanted and did not get is told in one sentence, whether a step or a property
// wanted it.

#include "messages/json.hpp"

#include <string>

namespace termlease::scenario {

/// A step or a property does not hold.
struct unmet {
  std::string what;
};

/// JSON for such a sentence: whole where it is short.
inline std::string sketch(const messages::json& what) {
  constexpr std::size_t longest = 300;
  auto text = what.dump();
  if (text.size() > longest) text = text.substr(0, longest) + "…";
  return text;
}

} // namespace termlease::scenario
