#pragma once

// Why: what may stand in a scenario is one table. The checks, `scenario describe`, the schema for
// editors and the documentation read it, so a word that works is a word that is described.

#include "messages/json.hpp"

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

namespace termlease::scenario {

/// What a parameter may hold; a shift is a length of time that may be negative.
enum class value_kind { text, topic, method, fault, length, shift, number, flag, object, anything };

inline constexpr auto any_number = std::numeric_limits<std::int64_t>::max();

struct parameter {
  std::string_view name;
  value_kind kind;
  std::string_view doc;
  bool required = false;
  std::int64_t least = 0; ///< of a number
  std::int64_t most = any_number;
  std::span<const std::string_view> (*one_of)() = nullptr; ///< the texts that it may be
};

/// A word that a step or a property begins with, or the name of a fault.
struct word {
  std::string_view name;
  std::string_view doc;
  std::string_view value; ///< what stands behind it, for people: "METHOD", "TOPIC"
  std::vector<parameter> parameters;
};

const std::vector<word>& step_words();
const std::vector<word>& fault_words();
const std::vector<word>& property_words();
/// The keys of the file itself, and of its setting.
const std::vector<parameter>& file_keys();
const std::vector<parameter>& setting_keys();

/// The actors that a fault may name: the branches of actors/runtime/tree.cpp, and their children.
std::span<const std::string_view> actor_names();
/// What a guest may do.
std::span<const std::string_view> guest_verbs();
/// In which order turns may come (explore/schedules.hpp).
std::span<const std::string_view> strategy_names();

/// What stands behind a step's or a property's own word.
parameter value_of(const word& what);

/// The word of that name in a list, or null.
const word* find_word(const std::vector<word>& list, std::string_view name);

/// All of it, with the bus's methods and topics, as text for people.
std::string vocabulary_text();
/// As a JSON Schema (draft 2020-12).
messages::json vocabulary_schema();

} // namespace termlease::scenario
