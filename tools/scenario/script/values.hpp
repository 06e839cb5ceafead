#pragma once

// Why: what a parameter of the vocabulary may hold is checked in one place, so that the loader and
// whoever describes the vocabulary can't mean different things.

#include "tools/scenario/script/vocabulary.hpp"

#include <string>
#include <vector>

namespace termlease::scenario {

/// What is wrong with a value, and the word that may have been meant; both empty when nothing is.
struct objection {
  std::string what;
  std::string hint;

  explicit operator bool() const { return !what.empty(); }
};

/// Why `value` can't stand where `meant` is expected.
objection objection_to(const messages::json& value, const parameter& meant);

/// Topics of which each event is a record; the others are heard by one client, or beside another.
const std::vector<std::string_view>& recorded_topics();

const std::vector<std::string_view>& method_names();
const std::vector<std::string_view>& fault_names();

/// What the payload of a recorded topic may contain, by name; null for other topics.
const messages::json* payload_of(const std::string& topic);

} // namespace termlease::scenario
