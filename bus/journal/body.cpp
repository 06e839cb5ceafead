#include "bus/journal/body.hpp"

namespace termlease::bus {

namespace {

using messages::json;

/// A discarded value for a text that is no JSON, or nests too deeply.
json parsed(const std::string& text) {
  bool too_deep = false;
  const auto watch = [&](int depth, json::parse_event_t, json&) {
    too_deep = too_deep || depth > max_nesting;
    return !too_deep;
  };
  auto value = json::parse(text, watch, false);
  return too_deep ? json(json::value_t::discarded) : value;
}

} // namespace

written_record written(messages::record record) {
  if (!record.metadata.text.empty() && !parsed(record.metadata.text).is_object())
    throw messages::failed("bad_record",
                           "a record of " + record.event_type +
                               " has metadata that is not a JSON object of reasonable depth",
                           "nothing was recorded; this is a mistake in the program");
  const auto object = messages::encode(record);
  try {
    return {std::move(record), object.dump()};
  } catch (const json::type_error&) {
    auto body = object.dump(-1, ' ', false, json::error_handler_t::replace);
    return {messages::decoded<messages::record>(json::parse(body)), std::move(body)};
  }
}

std::optional<messages::record> record_of(const std::string& body) {
  const auto value = parsed(body);
  if (!value.is_object()) return std::nullopt;
  try {
    return messages::decoded<messages::record>(value);
  } catch (const messages::failed&) {
    return std::nullopt;
  }
}

} // namespace termlease::bus
