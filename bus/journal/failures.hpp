#pragma once

// Why: SQLite speaks in result codes and errno, an operator needs to know what is wrong with the
// journal and what to do. All of them are translated here, into a handful of stable codes.

#include "bus/journal/sqlite_names.hpp"
#include "messages/failure.hpp"

#include <filesystem>
#include <string>

namespace termlease::bus {

/// The failure that an SQLite error of the journal at `file` means, one of:
/// `journal_full` (disk, quota or the size limit; retryable), `journal_read_only`,
/// `journal_locked` (another process holds it; retryable), `journal_corrupt`,
/// `journal_unavailable` (everything else, such as an I/O error).
/// `system_error` is the errno behind the error, 0 when there is none.
messages::failure journal_failure(const SQLite::Exception& error, int system_error,
                                  const std::filesystem::path& file);

/// The failure that an errno means, when a file of the journal can't be made or opened.
messages::failure journal_failure(int system_error, const std::string& doing,
                                  const std::filesystem::path& file);

/// `journal_corrupt`: the journal is not what was written to it.
messages::failure journal_corrupt(const std::filesystem::path& file, const std::string& finding);

} // namespace termlease::bus
