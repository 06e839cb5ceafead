#pragma once

// Why: tests of the journal need a folder of their own, records that differ, a hand that reaches
// into the file behind the journal's back, and a process that may die or lose its rights.

#include "bus/journal/reader.hpp"
#include "bus/journal/store.hpp"
#include "tests/support/temporary_folder.hpp"

#include <filesystem>
#include <functional>
#include <sqlite3.h>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace termlease::journal_tests {

/// A folder of this test alone, with the place of a journal in it.
class own_folder : public tests::temporary_folder {
public:
  std::filesystem::path journal() const { return path() / "journal.db"; }
};

inline messages::record record_number(std::uint64_t n) {
  messages::record record;
  record.id = "00000000-0000-7000-8000-" + std::to_string(100'000'000'000 + n);
  record.event_type = n % 2 == 0 ? "share.session.started" : "policy.decided";
  record.actor = {messages::identity_kind::agent, "bot"};
  record.action = "share.start";
  record.target = "t" + std::to_string(n);
  record.result = "ok";
  record.timestamp = {1'700'000'000'000 + static_cast<std::int64_t>(n) * 1000};
  record.share_id = "share-" + std::to_string(n % 3);
  record.correlation_id = "correlation-" + std::to_string(n / 2);
  record.metadata = {R"({"n":)" + std::to_string(n) + "}"};
  return record;
}

/// A journal that is made quickly: its log is not reserved.
inline bus::journal_settings quick() {
  bus::journal_settings settings;
  settings.reserve_bytes = 0;
  return settings;
}

/// Appends the records numbered from `first`, as one batch.
inline void append(bus::journal_store& store, std::uint64_t first, std::uint64_t count) {
  std::vector<messages::record> batch;
  for (std::uint64_t n = first; n < first + count; ++n) batch.push_back(record_number(n));
  store.append(batch);
}

/// The code of the failure that `work` throws; "none" when it throws none.
inline std::string code_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const messages::failed& error) {
    return error.why().code;
  }
  return "none";
}

/// SQLite without the journal's code: what any other tool can do to the file.
class foreign_hand {
public:
  explicit foreign_hand(const std::filesystem::path& file) {
    if (sqlite3_open(file.c_str(), &database_) != SQLITE_OK) throw std::runtime_error("open");
  }

  ~foreign_hand() { sqlite3_close(database_); }

  foreign_hand(const foreign_hand&) = delete;
  foreign_hand& operator=(const foreign_hand&) = delete;

  int attempt(const std::string& sql) {
    return sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr);
  }

  void run(const std::string& sql) {
    if (attempt(sql) != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(database_));
  }

  std::vector<std::string> rows(const std::string& sql) {
    std::vector<std::string> found;
    const auto keep = [](void* to, int, char** values, char**) {
      static_cast<std::vector<std::string>*>(to)->emplace_back(values[0] ? values[0] : "");
      return 0;
    };
    sqlite3_exec(database_, sql.c_str(), keep, &found, nullptr);
    return found;
  }

  /// Takes the triggers off, runs `sql`, and puts them back as they were.
  void run_past_triggers(const std::string& sql) {
    const auto triggers = rows("SELECT sql FROM sqlite_schema WHERE type = 'trigger'");
    for (const auto& each : rows("SELECT name FROM sqlite_schema WHERE type = 'trigger'"))
      run("DROP TRIGGER " + each);
    run(sql);
    for (const auto& each : triggers) run(each);
  }

  sqlite3* handle() const { return database_; }

private:
  sqlite3* database_ = nullptr;
};

/// Runs `work` in a child process and returns what it returned; for what can't be undone in a
/// process: dropped rights, limits, mounts.
inline std::string in_child(const std::function<std::string()>& work) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("pipe");
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    std::string said;
    try {
      said = work();
    } catch (const std::exception& error) {
      said = std::string("threw ") + error.what();
    }
    [[maybe_unused]] const auto written = write(ends[1], said.data(), said.size());
    _exit(0);
  }
  close(ends[1]);
  std::string heard;
  char piece[512];
  for (ssize_t n = 0; (n = read(ends[0], piece, sizeof piece)) > 0;)
    heard.append(piece, static_cast<std::size_t>(n));
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return heard;
}

} // namespace termlease::journal_tests
