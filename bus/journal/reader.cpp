#include "bus/journal/reader.hpp"

#include "bus/journal/failures.hpp"
#include "bus/journal/rows.hpp"
#include "bus/journal/verify.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace termlease::bus {

namespace {

constexpr std::uint64_t page_rows = 256;
constexpr int patience_ms = 1000; // for a writer that recovers or starts over its write-ahead log

/// Runs `work` and translates what SQLite throws.
template <class Work>
auto translated(const std::filesystem::path& file, SQLite::Database* database, Work&& work) {
  try {
    return work();
  } catch (const SQLite::Exception& error) {
    const int system_error = database == nullptr ? 0 : sqlite3_system_errno(database->getHandle());
    throw messages::failed(journal_failure(error, system_error, file));
  }
}

std::string statement_for(const journal_query& query) {
  auto sql = std::string("SELECT ") + entry_columns + " FROM record WHERE sequence >= :from";
  if (!query.share_id.empty()) sql += " AND share_id = :share";
  if (!query.correlation_id.empty()) sql += " AND correlation_id = :correlation";
  if (query.since) sql += " AND +timestamp >= :since";
  if (query.topic.ends_with(".>"))
    sql += " AND event_type > :above AND event_type < :below";
  else if (!query.topic.empty() && query.topic != ">")
    sql += " AND event_type = :topic";
  return sql + " ORDER BY sequence LIMIT :limit";
}

void bind(SQLite::Statement& rows, const journal_query& query) {
  if (!query.share_id.empty()) rows.bind(":share", query.share_id);
  if (!query.correlation_id.empty()) rows.bind(":correlation", query.correlation_id);
  if (query.since) rows.bind(":since", query.since.ms);
  if (query.topic.ends_with(".>")) {
    const auto parent = query.topic.substr(0, query.topic.size() - 2);
    rows.bind(":above", parent + ".");
    rows.bind(":below", parent + "/"); // the character after the dot
  } else if (!query.topic.empty() && query.topic != ">") {
    rows.bind(":topic", query.topic);
  }
}

} // namespace

journal_reader::journal_reader(std::filesystem::path file) : file_(std::move(file)) {
  if (!std::filesystem::is_regular_file(file_))
    throw messages::failed("journal_unavailable", "there is no journal at " + file_.string(),
                           "start the runtime once: it makes the journal");
  translated(file_, nullptr, [&] {
    database_ = std::make_unique<SQLite::Database>(
        file_.string(), SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX, patience_ms);
  });
  sqlite3_db_config(database_->getHandle(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
}

journal_reader::~journal_reader() = default;

std::uint64_t journal_reader::read(const journal_query& query,
                                   const std::function<void(const journal_entry&)>& visit) {
  auto left = query.limit == 0 ? std::numeric_limits<std::uint64_t>::max() : query.limit;
  return translated(file_, database_.get(), [&] {
    std::uint64_t seen = 0;
    auto from = std::max(query.from, first_since(query.since));
    SQLite::Statement rows(*database_, statement_for(query));
    while (left > 0) {
      const auto wanted = std::min(left, page_rows);
      std::vector<journal_entry> page;
      rows.reset();
      bind(rows, query);
      rows.bind(":from", static_cast<std::int64_t>(from));
      rows.bind(":limit", static_cast<std::int64_t>(wanted));
      while (rows.executeStep()) page.push_back(entry_in(rows));
      rows.reset();
      for (const auto& each : page) visit(each);
      seen += page.size();
      left -= page.size();
      if (page.size() < wanted) break;
      from = page.back().sequence + 1;
    }
    return seen;
  });
}

/// The clock may have run backwards, so later records can be older: this is only where to begin.
std::uint64_t journal_reader::first_since(messages::instant since) {
  if (!since) return 1;
  SQLite::Statement first(*database_, "SELECT min(+sequence) FROM record WHERE timestamp >= ?");
  first.bind(1, since.ms);
  first.executeStep();
  return first.getColumn(0).isNull() ? last_sequence() + 1
                                     : static_cast<std::uint64_t>(first.getColumn(0).getInt64());
}

std::uint64_t journal_reader::last_sequence() {
  return translated(file_, database_.get(), [&] {
    const auto last = database_->execAndGet("SELECT ifnull(max(sequence), 0) FROM record");
    return static_cast<std::uint64_t>(last.getInt64());
  });
}

messages::chain_report journal_reader::verify(const std::optional<chain_head>& expected) {
  return verify_chain(*database_, expected);
}

} // namespace termlease::bus
