#pragma once

// Why: SQLiteCpp ships no header of forward declarations, and whoever uses the journal shouldn't
// have to compile SQLiteCpp's.

namespace SQLite { // NOLINT(readability-identifier-naming): their name
class Database;
class Exception;
class Statement;
} // namespace SQLite
