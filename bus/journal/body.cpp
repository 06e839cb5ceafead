#include "bus/journal/body.hpp"

namespace termlease::bus {

namespace {

using messages::json;

/// A discarded value for a text that is no JSON, or nests too deeply.
json parsed(const std::string& text) {
  try {
    return messages::parse_json(text);
  } catch (const messages::failed&) {
    return json(json::value_t::discarded);
  }
}

/// In the body it is one level deeper than alone, and has to be read back there.
bool fits_into_a_body(const std::string& metadata) {
  const auto inside = parsed("[" + metadata + "]");
  return inside.is_array() && inside.size() == 1 && inside[0].is_object();
}

} // namespace

written_record written(messages::record record) {
  if (!record.metadata.text.empty() && !fits_into_a_body(record.metadata.text))
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
