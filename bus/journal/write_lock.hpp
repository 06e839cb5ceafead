#pragma once

// Why: two runtimes that write one journal would break its chain. SQLite's own locks last for one
// transaction; this one lasts as long as the writer, and goes with the process however it dies.
// Readers don't need it.

#include <filesystem>

namespace termlease::bus {

/// Holds FILE.lock, which also names the process that holds it.
class write_lock {
public:
  /// Throws `failed`: `journal_locked` when a living process holds it, `journal_read_only`,
  /// `journal_full` or `journal_unavailable` when the lock's file can't be made.
  explicit write_lock(const std::filesystem::path& journal);
  ~write_lock();
  write_lock(const write_lock&) = delete;
  write_lock& operator=(const write_lock&) = delete;

private:
  void take(const std::filesystem::path& journal) const;

  int file_ = -1;
};

} // namespace termlease::bus
