#include "bus/journal/store.hpp"

#include "bus/identity/sodium.hpp"
#include "bus/journal/failures.hpp"
#include "bus/journal/schema.hpp"
#include "bus/journal/unfinished_write.hpp"
#include "bus/journal/verify.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace termlease::bus {

namespace {

using file_status = struct stat;

constexpr std::uint64_t page_bytes = 4096;
constexpr std::uint64_t spill_pages = 16; // what SQLite may keep in memory while a log is reserved

int on_commit(void* pages, sqlite3*, const char*, int log_pages) {
  *static_cast<std::uint32_t*>(pages) = static_cast<std::uint32_t>(log_pages);
  return SQLITE_OK;
}

/// A commit that changes nothing.
void write_nothing(SQLite::Database& database) {
  database.exec("PRAGMA user_version = " + std::to_string(journal_format));
}

[[noreturn]] void unavailable(const std::filesystem::path& file, const std::string& why,
                              const std::string& hint) {
  throw messages::failed("journal_unavailable",
                         "the journal " + file.string() + " can't be used: " + why, hint);
}

} // namespace

template <class Work> auto journal_store::translated(Work&& work) {
  try {
    return work();
  } catch (const SQLite::Exception& error) {
    const int system_error = database_ ? sqlite3_system_errno(database_->getHandle()) : 0;
    throw messages::failed(journal_failure(error, system_error, file_));
  }
}

journal_store::journal_store(const std::filesystem::path& file, journal_settings settings)
    : file_(std::filesystem::absolute(file)), settings_(settings) {
  require_sodium();
  make_folder();
  lock_ = std::make_unique<write_lock>(file_);
  prepare_file();
  cut_bytes_ = unfinished_bytes(file_.string() + "-wal");
  translated([&] {
    open();
    if (const auto problem = tail_problem(*database_, settings_.tail_check))
      throw messages::failed(journal_corrupt(file_, *problem));
    head_ = noted_head(*database_);
    start_log_over();
    prepare_statements();
  });
  remember_files();
}

journal_store::~journal_store() = default;

void journal_store::make_folder() const {
  const auto folder = file_.parent_path();
  if (mkdir(folder.c_str(), 0700) == 0) {
    // SQLite makes the files' names durable, but not that of the folder they are in.
    const int parent = ::open(folder.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (parent < 0) return;
    fsync(parent);
    close(parent);
  } else if (errno != EEXIST) {
    throw messages::failed(journal_failure(errno, "making its folder", file_));
  }
}

/// The file is made before SQLite sees it, so that it is never readable by others for a moment. An
/// existing one isn't opened: closing it again would drop the locks of this process's readers.
void journal_store::prepare_file() const {
  file_status found{};
  if (lstat(file_.c_str(), &found) != 0) {
    if (errno != ENOENT) throw messages::failed(journal_failure(errno, "looking for it", file_));
    const int made = ::open(file_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (made < 0) throw messages::failed(journal_failure(errno, "making it", file_));
    close(made);
    return;
  }
  if (!S_ISREG(found.st_mode))
    unavailable(file_, "there is something else than a file", "move away what is there");
  if (found.st_uid != geteuid())
    unavailable(file_, "it belongs to another user",
                "give it to the user who runs the runtime, or move it away");
  if (faccessat(AT_FDCWD, file_.c_str(), R_OK | W_OK, AT_EACCESS) != 0)
    throw messages::failed(journal_failure(errno, "opening it", file_));
  if ((found.st_mode & 0077) != 0 && chmod(file_.c_str(), 0600) != 0)
    throw messages::failed(journal_failure(errno, "closing it to others", file_));
}

void journal_store::open() {
  database_ = std::make_unique<SQLite::Database>(file_.string(),
                                                 SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX,
                                                 static_cast<int>(settings_.patience.count()));
  auto* const handle = database_->getHandle();
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  const int format = format_of(*database_);
  if (format > journal_format)
    unavailable(file_,
                "a newer version of this program wrote it (format " + std::to_string(format) + ")",
                "use that version, or move the journal's files away to begin anew");
  // Before anything is written: a database of another program stays as it is.
  const bool fresh = is_empty(*database_);
  if (const auto problem = fresh ? std::nullopt : schema_problem(*database_))
    throw messages::failed(journal_corrupt(file_, *problem));
  database_->exec("PRAGMA page_size = " + std::to_string(page_bytes));
  if (database_->execAndGet("PRAGMA journal_mode = WAL").getString() != "wal")
    unavailable(file_, "the file system gives SQLite no write-ahead log",
                "set XDG_STATE_HOME or TERMLEASE_HOME to a folder on a local disk");
  database_->exec("PRAGMA synchronous = FULL");
  int keep = 1;
  sqlite3_file_control(handle, nullptr, SQLITE_FCNTL_PERSIST_WAL, &keep);
  // Also replaces SQLite's own checkpoints, which would come in the middle of an append.
  sqlite3_wal_hook(handle, on_commit, &log_pages_);
  if (fresh) create_schema(*database_);
  database_->execAndGet("PRAGMA max_page_count = " +
                        std::to_string(settings_.max_bytes / page_bytes));
}

/// Without space the log is slower, not wrong; whether records fit is for the appends to say.
void journal_store::start_log_over() {
  try {
    checkpoint();
    reserve_log();
  } catch (const messages::failed& error) {
    if (error.why().code != "journal_full") throw;
    give_back_log();
  }
  database_->exec("PRAGMA cache_size = -2000");
}

/// Writes as much as the log should hold and takes it back: SQLite spills it into the log, the log
/// keeps its size, and commits then write over blocks that exist.
void journal_store::reserve_log() {
  file_status log{};
  const auto size = stat((file_.string() + "-wal").c_str(), &log) == 0
                        ? static_cast<std::uint64_t>(log.st_size)
                        : 0;
  if (size >= settings_.reserve_bytes) return;
  translated([&] {
    database_->exec("PRAGMA cache_size = " + std::to_string(spill_pages));
    database_->exec("PRAGMA cache_spill = " + std::to_string(spill_pages));
    const SQLite::Transaction taken_back(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    database_->exec("CREATE TABLE filler (bytes)");
    database_->exec("INSERT INTO filler VALUES (zeroblob(" +
                    std::to_string(settings_.reserve_bytes + 4 * spill_pages * page_bytes) + "))");
  });
  // A commit, so that the blocks are on the disk before the first record needs them; and the log
  // started over, or what was taken back would look like an unfinished write.
  translated([&] { write_nothing(*database_); });
  checkpoint();
}

/// A disk without space for the whole log shall not lose the rest of it, either.
void journal_store::give_back_log() {
  sqlite3_wal_checkpoint_v2(database_->getHandle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr,
                            nullptr);
}

void journal_store::prepare_statements() {
  insert_ = std::make_unique<SQLite::Statement>(
      *database_, "INSERT INTO record (sequence, id, timestamp, event_type, share_id, "
                  "correlation_id, body, prev_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  move_head_ = std::make_unique<SQLite::Statement>(
      *database_, "UPDATE head SET sequence = ?, hash = ? WHERE sequence = ? AND hash = ?");
}

std::uint64_t journal_store::append(std::span<messages::record> batch) {
  if (batch.empty()) return head_.sequence;
  const auto records = placed(batch);
  check_files();
  const auto after = translated([&] { return write(records); });
  for (auto& each : batch) each.sequence = ++head_.sequence;
  head_ = after;
  if (log_pages_ >= settings_.checkpoint_forced_pages) {
    try {
      checkpoint();
    } catch (const messages::failed&) {
      // The batch is durable whatever becomes of the log; when space ran out, the next append says.
    }
  }
  return head_.sequence;
}

std::vector<written_record> journal_store::placed(std::span<const messages::record> batch) const {
  std::vector<written_record> records;
  records.reserve(batch.size());
  for (const auto& each : batch) {
    auto copy = each;
    copy.sequence = head_.sequence + 1 + records.size();
    records.push_back(written(std::move(copy)));
    if (records.back().body.size() > settings_.max_record_bytes)
      throw messages::failed("bad_record", "a record of " + each.event_type + " is too long",
                             "nothing was recorded; this is a mistake in the program");
  }
  return records;
}

chain_head journal_store::write(const std::vector<written_record>& batch) {
  SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
  auto head = head_;
  for (const auto& [record, body] : batch) {
    const chain_head next{record.sequence, link(head.hash, record.sequence, body)};
    insert_->tryReset();
    insert_->bind(1, static_cast<std::int64_t>(next.sequence));
    insert_->bindNoCopy(2, record.id);
    insert_->bind(3, record.timestamp.ms);
    insert_->bindNoCopy(4, record.event_type);
    insert_->bindNoCopy(5, record.share_id);
    insert_->bindNoCopy(6, record.correlation_id);
    insert_->bindNoCopy(7, body);
    insert_->bind(8, head.hash.data(), static_cast<int>(head.hash.size()));
    insert_->bind(9, next.hash.data(), static_cast<int>(next.hash.size()));
    insert_->exec();
    head = next;
  }
  note_head(head_, head);
  transaction.commit();
  return head;
}

void journal_store::note_head(const chain_head& before, const chain_head& after) {
  const auto size = static_cast<int>(after.hash.size());
  move_head_->tryReset();
  move_head_->bind(1, static_cast<std::int64_t>(after.sequence));
  move_head_->bind(2, after.hash.data(), size);
  move_head_->bind(3, static_cast<std::int64_t>(before.sequence));
  move_head_->bind(4, before.hash.data(), size);
  if (move_head_->exec() != 1)
    throw messages::failed(journal_corrupt(file_, "somebody else has written to it"));
}

void journal_store::checkpoint() {
  translated([&] {
    int in_log = 0;
    int moved = 0;
    const int code = sqlite3_wal_checkpoint_v2(database_->getHandle(), nullptr,
                                               SQLITE_CHECKPOINT_PASSIVE, &in_log, &moved);
    if (code == SQLITE_BUSY) return;
    if (code != SQLITE_OK) throw SQLite::Exception(database_->getHandle(), code);
    // The first commit after it starts the log over, which takes a second sync: better now.
    if (in_log > 0 && in_log == moved) write_nothing(*database_);
  });
}

void journal_store::remember_files() {
  for (const auto* suffix : {"", "-wal", "-shm"}) {
    const auto path = file_.string() + suffix;

    file_status found{};
    if (stat(path.c_str(), &found) == 0) opened_.push_back({path, found.st_dev, found.st_ino});
  }
}

/// A file that was removed or replaced would take every record with it, and SQLite wouldn't say.
void journal_store::check_files() const {
  for (const auto& each : opened_) {
    file_status found{};
    if (stat(each.path.c_str(), &found) != 0 || found.st_dev != each.device ||
        found.st_ino != each.number)
      unavailable(each.path, "it was removed or replaced while it was in use",
                  "put it back, or stop the runtime and start it again");
  }
}

} // namespace termlease::bus
