#pragma once

// Why: the journal is one SQLite file that any tool can read. `body` is the record, exactly as
// hashed; the other columns repeat parts of it for searching, and a check compares them with it.
// Triggers stop a mistake, not an intruder: the chain is what shows an intruder. `head` repeats the
// last sequence and hash, so that a tail that was lost or cut by itself is noticed.

#include "bus/journal/sqlite_names.hpp"

#include <optional>
#include <string>

namespace termlease::bus {

constexpr int journal_format = 1;

/// The format that the file was written in; 0 for a file without one.
int format_of(SQLite::Database& database);

/// True for a file that holds nothing yet.
bool is_empty(SQLite::Database& database);

/// Makes the tables, triggers and indexes of an empty file in one transaction.
void create_schema(SQLite::Database& database);

/// What is wrong with the file's schema (a trigger is missing, a table was added, it was written by
/// a newer version), or nothing.
std::optional<std::string> schema_problem(SQLite::Database& database);

} // namespace termlease::bus
