#pragma once

// Why: a chain is worth as much as the check of it. The check reads the file alone: it trusts no
// column, no index and no trigger, and says where the first difference is and of which kind.

#include "bus/journal/chain.hpp"
#include "bus/journal/sqlite_names.hpp"
#include "messages/runtime.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace termlease::bus {

/// The head that the file notes for itself; genesis in an empty file. Throws SQLite::Exception.
chain_head noted_head(SQLite::Database& database);

/// Walks the whole chain in one snapshot. `expected` is a head that was noted elsewhere: a chain
/// that doesn't reach or doesn't contain it is found too. `problem` starts with one stable word:
/// gap (records are missing), moved (a record of another place), relinked (it continues another
/// record than the one before it), altered (its text is not what was hashed), columns (a column
/// differs from its record), truncated (the tail is missing), rewritten (the expected head isn't in
/// this chain), schema (tables or triggers were changed), unreadable (SQLite can't read the file).
messages::chain_report verify_chain(SQLite::Database& database,
                                    const std::optional<chain_head>& expected);

/// What is wrong with the last `count` records, or nothing. Takes as long for any size of journal.
/// Throws SQLite::Exception.
std::optional<std::string> tail_problem(SQLite::Database& database, std::size_t count);

} // namespace termlease::bus
