#pragma once

// Why: a crash in the midst of a commit leaves a part of it at the end of SQLite's write-ahead log.
// SQLite cuts it without a word, and rightly so: it was never acknowledged. But who reads the
// journal after a crash should not have to wonder, so it is looked for before SQLite sees the file.
// The format: https://www.sqlite.org/fileformat2.html#the_write_ahead_log

#include <cstdint>
#include <filesystem>

namespace termlease::bus {

/// The bytes after the last commit in the write-ahead log at `log` that belong to its current run
/// (they carry its salts): what an unfinished commit wrote. 0 when there are none, or no log. What
/// was torn before the first bytes of its first frame were written can't be seen. Nobody may be
/// writing.
std::uint64_t unfinished_bytes(const std::filesystem::path& log);

} // namespace termlease::bus
