#pragma once

// Why: a row is read in the same way by the reader and by the check, which trusts nothing in it.

#include "bus/journal/chain_walk.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

namespace termlease::bus {

/// What `entry_in` wants to be selected first.
inline constexpr const char* entry_columns = "sequence, body, prev_hash, hash";

/// All zero, which no record's hash is, for a column that isn't a hash.
chain_hash hash_in(const SQLite::Column& column);

journal_entry entry_in(SQLite::Statement& row);

} // namespace termlease::bus
