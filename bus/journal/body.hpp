#pragma once

// Why: the chain covers a text, so there is one way to write a record as text, and a text that was
// read back must give the same record. Reading is defensive: the file may hold anything.

#include "messages/record.hpp"

#include <optional>
#include <string>

namespace termlease::bus {

/// A record and the one line of JSON that stands for it: keys sorted, invalid UTF-8 replaced (in
/// the record as well).
struct written_record {
  messages::record record;
  std::string body;
};

/// Throws `failed` (`bad_record`) when the metadata is not a JSON object or nests too deeply.
written_record written(messages::record record);

/// The record that the text stands for, or nothing when it is none.
std::optional<messages::record> record_of(const std::string& body);

} // namespace termlease::bus
