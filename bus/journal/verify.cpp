#include "bus/journal/verify.hpp"

#include "bus/journal/body.hpp"
#include "bus/journal/schema.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace termlease::bus {

namespace {

constexpr const char* select_rows =
    "SELECT sequence, id, timestamp, event_type, share_id, correlation_id, body, prev_hash, hash "
    "FROM record NOT INDEXED WHERE sequence >= ? ORDER BY sequence";

bool same(const SQLite::Column& column, const chain_hash& hash) {
  return column.getBytes() == static_cast<int>(hash.size()) &&
         std::memcmp(column.getBlob(), hash.data(), hash.size()) == 0;
}

chain_hash hash_in(const SQLite::Column& column) {
  chain_hash hash{};
  const auto size = std::min(hash.size(), static_cast<std::size_t>(column.getBytes()));
  if (size > 0) std::memcpy(hash.data(), column.getBlob(), size);
  return hash;
}

bool columns_repeat(const messages::record& record, SQLite::Statement& row) {
  return row.getColumn(1).getString() == record.id &&
         row.getColumn(2).getInt64() == record.timestamp.ms &&
         row.getColumn(3).getString() == record.event_type &&
         row.getColumn(4).getString() == record.share_id &&
         row.getColumn(5).getString() == record.correlation_id;
}

/// Takes one row after the other and stops being true to its head at the first that doesn't fit.
class chain_walk {
public:
  explicit chain_walk(const chain_head& start) : head_(start) {}

  /// What is wrong with the next row; empty when it fits.
  std::string step(SQLite::Statement& row) {
    const auto sequence = row.getColumn(0).getInt64();
    if (sequence != static_cast<std::int64_t>(next()))
      return "gap: record " + std::to_string(next()) + " is missing, the next one there is " +
             std::to_string(sequence);
    const auto body = row.getColumn(6).getString();
    const auto hash = link(head_.hash, next(), body);
    const bool hash_fits = same(row.getColumn(8), hash);
    const auto record = record_of(body);
    if (record && record->sequence != next())
      return "moved: in place of record " + std::to_string(next()) + " stands the text of record " +
             std::to_string(record->sequence);
    if (!same(row.getColumn(7), head_.hash))
      return "relinked: record " + std::to_string(next()) + " doesn't continue the one before it";
    if (!hash_fits || !record)
      return "altered: the text of record " + std::to_string(next()) + " is not what was recorded";
    if (!columns_repeat(*record, row))
      return "columns: those of record " + std::to_string(next()) + " differ from its text";
    head_ = {next(), hash};
    return {};
  }

  std::uint64_t next() const { return head_.sequence + 1; }

  const chain_head& head() const { return head_; }

private:
  chain_head head_;
};

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
    if (auto problem = walk.step(rows); !problem.empty()) return problem;
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
    if (auto problem = walk.step(rows); !problem.empty()) return problem;
  if (auto problem = compare(walk, noted); !problem.empty()) return problem;
  return std::nullopt;
}

} // namespace termlease::bus
