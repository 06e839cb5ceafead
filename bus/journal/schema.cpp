#include "bus/journal/schema.hpp"

#include "bus/journal/chain.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <array>
#include <map>
#include <string_view>

namespace termlease::bus {

namespace {

constexpr int application_id = 0x544c4a31; // "TLJ1", shown by file(1)

struct definition {
  std::string_view name;
  std::string_view sql;
};

constexpr std::array<definition, 10> definitions{{
    {"record", "CREATE TABLE record ("
               "sequence INTEGER PRIMARY KEY, id TEXT NOT NULL, timestamp INTEGER NOT NULL, "
               "event_type TEXT NOT NULL, share_id TEXT NOT NULL, correlation_id TEXT NOT NULL, "
               "body TEXT NOT NULL, prev_hash BLOB NOT NULL, hash BLOB NOT NULL) STRICT"},
    {"head", "CREATE TABLE head (only INTEGER PRIMARY KEY CHECK (only = 1), "
             "sequence INTEGER NOT NULL, hash BLOB NOT NULL) STRICT"},
    {"record_by_time", "CREATE INDEX record_by_time ON record (timestamp)"},
    {"record_by_share", "CREATE INDEX record_by_share ON record (share_id)"},
    {"record_no_update", "CREATE TRIGGER record_no_update BEFORE UPDATE ON record BEGIN "
                         "SELECT RAISE(ABORT, 'the journal is append-only'); END"},
    {"record_no_delete", "CREATE TRIGGER record_no_delete BEFORE DELETE ON record BEGIN "
                         "SELECT RAISE(ABORT, 'the journal is append-only'); END"},
    {"record_only_next",
     "CREATE TRIGGER record_only_next BEFORE INSERT ON record "
     "WHEN NEW.sequence <> (SELECT ifnull(max(sequence), 0) + 1 FROM record) BEGIN "
     "SELECT RAISE(ABORT, 'the journal is append-only'); END"},
    {"head_only_one", "CREATE TRIGGER head_only_one BEFORE INSERT ON head WHEN (SELECT count(*) "
                      "FROM head) > 0 BEGIN "
                      "SELECT RAISE(ABORT, 'the journal is append-only'); END"},
    {"head_no_delete", "CREATE TRIGGER head_no_delete BEFORE DELETE ON head BEGIN "
                       "SELECT RAISE(ABORT, 'the journal is append-only'); END"},
    {"head_only_forward", "CREATE TRIGGER head_only_forward BEFORE UPDATE ON head "
                          "WHEN NEW.sequence <= OLD.sequence BEGIN "
                          "SELECT RAISE(ABORT, 'the journal is append-only'); END"},
}};

int pragma(SQLite::Database& database, const char* name) {
  return database.execAndGet(std::string("PRAGMA ") + name).getInt();
}

} // namespace

int format_of(SQLite::Database& database) {
  return pragma(database, "user_version");
}

bool is_empty(SQLite::Database& database) {
  return database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt() == 0;
}

void create_schema(SQLite::Database& database) {
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  for (const auto& each : definitions) database.exec(std::string(each.sql));
  const auto start = genesis();
  SQLite::Statement head(database, "INSERT INTO head VALUES (1, 0, ?)");
  head.bind(1, start.hash.data(), static_cast<int>(start.hash.size()));
  head.exec();
  database.exec("PRAGMA application_id = " + std::to_string(application_id));
  database.exec("PRAGMA user_version = " + std::to_string(journal_format));
  transaction.commit();
}

std::optional<std::string> schema_problem(SQLite::Database& database) {
  if (pragma(database, "application_id") != application_id)
    return "it is a database of another program";
  if (format_of(database) != journal_format)
    return "it was written by another version of this program (format " +
           std::to_string(format_of(database)) + ", known is " + std::to_string(journal_format) +
           ")";
  std::map<std::string, std::string> found;
  SQLite::Statement rows(database,
                         "SELECT name, sql FROM sqlite_schema WHERE name NOT GLOB 'sqlite_stat*'");
  while (rows.executeStep()) found[rows.getColumn(0).getString()] = rows.getColumn(1).getString();
  for (const auto& each : definitions) {
    const auto at = found.find(std::string(each.name));
    if (at == found.end()) return "its " + std::string(each.name) + " was removed";
    if (at->second != each.sql) return "its " + std::string(each.name) + " was changed";
    found.erase(at);
  }
  if (!found.empty()) return "a foreign " + found.begin()->first + " was added";
  return std::nullopt;
}

} // namespace termlease::bus
