#pragma once

// Why: the names in a trace come from others as well, in whatever bytes, and each program that
// reads an export has marks of its own that such a name must not become. So a name is made valid
// UTF-8 first, and then each format spells out what means something there.

#include "bus/trace/reader.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace termlease::trace {

/// JSON on one line, also for whom U+2028 ends one: all in ASCII. Bytes that are no UTF-8 become
/// U+FFFD.
std::string line_of(const nlohmann::json& value);

/// The text as valid UTF-8.
std::string valid(std::string_view text);

/// Only letters, digits and what is in `marks` of ASCII stay; what becomes of each other character,
/// `other` says.
std::string spelled(std::string_view text, std::string_view marks,
                    const std::function<std::string(char32_t)>& other);

/// The last time that a trace knows of: what runs still, ran until then.
std::int64_t last_time(const log& from);

/// When a step was over, never before it began.
std::int64_t end_of(const step& each, std::int64_t last);

/// The place of an earlier step; `none` also for what only a damaged file can say.
std::size_t earlier(const log& from, const step& than, std::uint64_t id);

} // namespace termlease::trace
