#pragma once

// Why: an event is written for programs; the operator wants a line in words. `watch` and `audit`
// tell the same thing the same way, because a record's metadata is its event's payload. Unknown
// topics, of a newer runtime, are told too, by their names.

#include "messages/json.hpp"

#include <string>
#include <string_view>

namespace termlease::cli {

/// What happened, in words: "share started". A topic without words is itself.
std::string words_of(std::string_view topic);

/// Whether an event with this topic says how things are, rather than what has happened.
bool is_snapshot(std::string_view topic);

/// The rest of the story, from the event's payload; may be empty. Safe.
std::string detail_of(std::string_view topic, const messages::json& payload);

/// The string at `object[first][second]`, or at `object[first]` when `second` is empty; else empty.
std::string text_in(const messages::json& object, std::string_view first,
                    std::string_view second = {});

} // namespace termlease::cli
