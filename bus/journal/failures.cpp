#include "bus/journal/failures.hpp"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <cerrno>
#include <cstring>

namespace termlease::bus {

namespace {

using messages::failure;

failure full(const std::filesystem::path& file) {
  return {
      "journal_full", "the journal " + file.string() + " can't grow: no space is left for it",
      "free disk space; a journal that has grown to 8 GiB is full: stop the runtime and move its "
      "files away. Nothing is shared until it can be recorded",
      true};
}

failure read_only(const std::filesystem::path& file) {
  return {"journal_read_only", "the journal " + file.string() + " can't be written",
          "make its folder and file writable for the user who runs the runtime"};
}

failure locked(const std::filesystem::path& file) {
  return {"journal_locked", "another process holds the journal " + file.string(),
          "end the other process, then try again", true};
}

failure unavailable(const std::filesystem::path& file, const std::string& why) {
  return {"journal_unavailable", "the journal " + file.string() + " can't be used: " + why,
          "check the disk and the folder that it is in"};
}

} // namespace

failure journal_failure(const SQLite::Exception& error, int system_error,
                        const std::filesystem::path& file) {
  const int code = error.getErrorCode() & 0xff;
  if (code == SQLITE_FULL) return full(file);
  if (code == SQLITE_READONLY || code == SQLITE_PERM) return read_only(file);
  if (code == SQLITE_BUSY || code == SQLITE_LOCKED) return locked(file);
  // A constraint or an abort is a row that is there though it shouldn't be: somebody else wrote.
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_CONSTRAINT)
    return journal_corrupt(file, error.what());
  if ((code == SQLITE_IOERR || code == SQLITE_CANTOPEN) && system_error != 0)
    return journal_failure(system_error, error.what(), file);
  return unavailable(file, error.what());
}

failure journal_failure(int system_error, const std::string& doing,
                        const std::filesystem::path& file) {
  switch (system_error) {
  case ENOSPC:
  case EDQUOT:
    return full(file);
  case EACCES:
  case EPERM:
  case EROFS:
    return read_only(file);
  default:
    return unavailable(file, doing + ": " + std::strerror(system_error));
  }
}

failure journal_corrupt(const std::filesystem::path& file, const std::string& finding) {
  return {"journal_corrupt",
          "the journal " + file.string() + " is not what was written to it: " + finding,
          "keep it as evidence: run `termlease audit verify`, move it elsewhere, and start again"};
}

} // namespace termlease::bus
