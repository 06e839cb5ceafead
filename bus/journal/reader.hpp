#pragma once

// Why: reading must never hold up writing. A reader has a connection of its own, sees whatever is
// durable at that moment, and works beside a runtime, without one, and on a journal that a runtime
// refuses to continue. Rows are fetched in pages, so a slow consumer pins no snapshot.

#include "bus/journal/chain_walk.hpp"
#include "bus/journal/sqlite_names.hpp"
#include "messages/record.hpp"
#include "messages/runtime.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace termlease::bus {

/// Which records; what is empty doesn't narrow.
struct journal_query {
  std::uint64_t from = 1;  ///< first sequence
  std::uint64_t limit = 0; ///< how many records at most; 0: all
  std::string share_id{};
  std::string correlation_id{};
  messages::instant since{}; ///< this time and later
  std::string topic{};       ///< one topic, or every topic below one: "share.>"
};

/// Not for use by several threads; any number of readers may be open.
/// Everything throws `failed` with the codes of bus/journal/failures.hpp.
class journal_reader {
public:
  /// Opens the journal at `file`; `journal_unavailable` when there is none.
  explicit journal_reader(std::filesystem::path file);
  ~journal_reader();
  journal_reader(const journal_reader&) = delete;
  journal_reader& operator=(const journal_reader&) = delete;

  /// Calls `visit` for each record in the order of their sequences, and returns how many there
  /// were. Records that arrive meanwhile are seen too. `visit` may use this reader.
  std::uint64_t read(const journal_query& query,
                     const std::function<void(const journal_entry&)>& visit);

  /// 0 when nothing is recorded yet.
  std::uint64_t last_sequence();

  /// Checks the whole chain, also against a head that was noted elsewhere (see verify.hpp).
  messages::chain_report verify(const std::optional<chain_head>& expected = std::nullopt);

private:
  std::uint64_t first_since(messages::instant since);

  std::filesystem::path file_;
  std::unique_ptr<SQLite::Database> database_;
};

} // namespace termlease::bus
