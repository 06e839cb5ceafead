#include "bus/journal/verify.hpp"

#include "bus/journal/chain_walk.hpp"
#include "bus/journal/rows.hpp"
#include "bus/journal/schema.hpp"

#include <limits>

namespace termlease::bus {

namespace {

const std::string select_rows =
    std::string("SELECT ") + entry_columns +
    ", id, timestamp, event_type, share_id, correlation_id FROM record NOT INDEXED "
    "WHERE sequence >= ? ORDER BY sequence";

bool columns_repeat(const messages::record& record, SQLite::Statement& row) {
  return row.getColumn(4).getString() == record.id &&
         row.getColumn(5).getInt64() == record.timestamp.ms &&
         row.getColumn(6).getString() == record.event_type &&
         row.getColumn(7).getString() == record.share_id &&
         row.getColumn(8).getString() == record.correlation_id;
}

/// What is wrong with the next row; empty when it fits.
std::string step(chain_walk& walk, SQLite::Statement& row) {
  auto there = walk;
  const auto record = there.step(entry_in(row));
  if (!record) return there.problem();
  if (!columns_repeat(*record, row))
    return "columns: those of record " + std::to_string(walk.next()) + " differ from its text";
  walk = there;
  return {};
}

std::string compare(const chain_walk& walk, const chain_head& noted) {
  if (walk.head() == noted) return {};
  if (noted.sequence > walk.head().sequence)
    return "truncated: " + std::to_string(noted.sequence) + " records were noted, " +
           std::to_string(walk.head().sequence) + " are there";
  return "rewritten: the noted head is not the last record";
}

/// The first difference from what the schema, the rows and the noted head should be; empty: none.
std::string walk_all(SQLite::Database& database, chain_walk& walk,
                     const std::optional<chain_head>& expected) {
  if (const auto problem = schema_problem(database)) return "schema: " + *problem;
  bool met = !expected || *expected == walk.head();
  SQLite::Statement rows(database, select_rows);
  rows.bind(1, std::numeric_limits<std::int64_t>::min());
  while (rows.executeStep()) {
    if (auto problem = step(walk, rows); !problem.empty()) return problem;
    met = met || *expected == walk.head();
  }
  if (auto problem = compare(walk, noted_head(database)); !problem.empty()) return problem;
  if (!met && expected->sequence > walk.head().sequence) return compare(walk, *expected);
  if (!met) return "rewritten: the expected head is not in this chain";
  const auto pages = database.execAndGet("PRAGMA integrity_check(1)").getString();
  return pages == "ok" ? std::string{} : "unreadable: " + pages;
}

} // namespace

chain_head noted_head(SQLite::Database& database) {
  SQLite::Statement row(database, "SELECT sequence, hash FROM head");
  if (!row.executeStep()) return genesis();
  return {static_cast<std::uint64_t>(row.getColumn(0).getInt64()), hash_in(row.getColumn(1))};
}

messages::chain_report verify_chain(SQLite::Database& database,
                                    const std::optional<chain_head>& expected) {
  chain_walk walk(genesis());
  messages::chain_report report;
  try {
    const SQLite::Transaction snapshot(database);
    report.problem = walk_all(database, walk, expected);
  } catch (const SQLite::Exception& error) {
    report.problem = std::string("unreadable: ") + error.what();
  }
  report.valid = report.problem.empty();
  report.records = walk.head().sequence;
  report.first_bad = report.valid ? 0 : walk.next();
  report.head = to_text(walk.head().hash);
  return report;
}

std::optional<std::string> tail_problem(SQLite::Database& database, std::size_t count) {
  const auto noted = noted_head(database);
  chain_head start = genesis();
  if (noted.sequence > count) {
    SQLite::Statement before(database, "SELECT hash FROM record WHERE sequence = ?");
    before.bind(1, static_cast<std::int64_t>(noted.sequence - count));
    start.sequence = noted.sequence - count;
    // A missing record leaves a hash that nothing continues, which the walk then finds.
    start.hash = before.executeStep() ? hash_in(before.getColumn(0)) : chain_hash{};
  }
  chain_walk walk(start);
  SQLite::Statement rows(database, select_rows);
  rows.bind(1, static_cast<std::int64_t>(walk.next()));
  while (rows.executeStep())
    if (auto problem = step(walk, rows); !problem.empty()) return problem;
  if (auto problem = compare(walk, noted); !problem.empty()) return problem;
  return std::nullopt;
}

} // namespace termlease::bus
