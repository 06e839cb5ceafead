#pragma once

// Why: what is acknowledged must be on the disk, and the path from a request to its link waits for
// it two or three times. So a batch of records is one transaction, and that costs one fdatasync
// over blocks that are there already: SQLite's write-ahead log is kept, is made at its full size
// once, and is started over in the runtime's idle moments (`checkpoint`). Measured on an idle disk:
// two thirds to nine tenths of the time of a log that grows, and a quarter of that of a rollback
// journal.
//
// A batch that fails leaves nothing behind: the file, the chain and the next sequence are as
// before, and a later append works once the reason is gone. (After an I/O error in the very sync, a
// crash may bring the batch back whole: not acknowledged is not the same as never written.)

#include "bus/journal/body.hpp"
#include "bus/journal/chain.hpp"
#include "bus/journal/sqlite_names.hpp"
#include "bus/journal/write_lock.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <sys/types.h>
#include <vector>

namespace termlease::bus {

struct journal_settings {
  std::uint64_t max_bytes = std::uint64_t{8} << 30; ///< of the file; then it is full
  std::uint64_t max_record_bytes = 256U << 10;      ///< of one record's text
  std::uint64_t reserve_bytes = 4U << 20;           ///< of the write-ahead log, made at the start
  std::uint32_t checkpoint_due_pages = 512;         ///< from here an idle moment should be used
  std::uint32_t checkpoint_forced_pages = 4096;     ///< here an append doesn't wait for one
  std::size_t tail_check = 64;                      ///< records that opening checks
  std::chrono::milliseconds patience{250};          ///< with a foreign process that holds the file
};

/// The one writer of a journal. Synchronous; not for use by several threads.
/// Everything throws `failed` with the codes of bus/journal/failures.hpp.
class journal_store {
public:
  /// Opens the journal at `file`, or makes it (0600, in a folder made 0700 if there is none), and
  /// checks its last records. Throws also `journal_locked` while another writer lives, and
  /// `journal_corrupt` for a journal that must not be continued.
  explicit journal_store(const std::filesystem::path& file, journal_settings settings = {});
  ~journal_store();
  journal_store(const journal_store&) = delete;
  journal_store& operator=(const journal_store&) = delete;

  /// Writes the batch: all of it is durable when this returns, and each record has its sequence.
  /// Returns the last sequence. Throws also `bad_record` for metadata that is no JSON object, or a
  /// record that is too long; then, as after every failure, nothing was written.
  std::uint64_t append(std::span<messages::record> batch);

  std::uint64_t last_sequence() const { return head_.sequence; }

  /// What a crash in the midst of a commit had left in the file when it was opened, and is cut.
  std::uint64_t cut_bytes() const { return cut_bytes_; }

  /// The last record and its hash: what a later check can be held against.
  const chain_head& head() const { return head_; }

  /// True when an idle moment should be spent on `checkpoint`.
  bool checkpoint_due() const { return log_pages_ >= settings_.checkpoint_due_pages; }

  /// Moves the write-ahead log into the file and starts it over. Takes a few milliseconds; needs
  /// space for what it moves. Failing costs nothing but the log's growth.
  void checkpoint();

private:
  struct file_on_disk {
    std::string path;
    dev_t device;
    ino_t number;
  };

  template <class Work> auto translated(Work&& work);
  void make_folder() const;
  void prepare_file() const;
  void open();
  void start_log_over();
  void reserve_log();
  void give_back_log();
  void prepare_statements();
  std::vector<written_record> placed(std::span<const messages::record> batch) const;
  chain_head write(const std::vector<written_record>& batch);
  void note_head(const chain_head& before, const chain_head& after);
  void remember_files();
  void check_files() const;

  std::filesystem::path file_;
  journal_settings settings_;
  std::unique_ptr<write_lock> lock_;
  std::unique_ptr<SQLite::Database> database_;
  std::unique_ptr<SQLite::Statement> insert_;
  std::unique_ptr<SQLite::Statement> move_head_;
  chain_head head_;
  std::vector<file_on_disk> opened_;
  std::uint64_t cut_bytes_ = 0;
  std::uint32_t log_pages_ = 0;
};

} // namespace termlease::bus
