#include "bus/journal/chain_walk.hpp"

#include "bus/journal/body.hpp"
#include "messages/failure.hpp"

namespace termlease::bus {

messages::record journal_entry::record() const {
  if (auto record = record_of(body)) return *std::move(record);
  throw messages::failed("journal_corrupt",
                         "record " + std::to_string(sequence) + " of the journal is not a record",
                         "run `termlease audit verify`");
}

std::optional<messages::record> chain_walk::step(const journal_entry& row) {
  const auto hash = link(head_.hash, next(), row.body);
  auto record = record_of(row.body);
  problem_ = problem_of(row, record, hash);
  if (!problem_.empty()) return std::nullopt;
  head_ = {next(), hash};
  return record;
}

std::string chain_walk::problem_of(const journal_entry& row,
                                   const std::optional<messages::record>& record,
                                   const chain_hash& hash) const {
  const auto place = std::to_string(next());
  if (row.sequence != next())
    return "gap: record " + place + " is missing, the next one there is " +
           std::to_string(static_cast<std::int64_t>(row.sequence));
  if (record && record->sequence != next())
    return "moved: in place of record " + place + " stands the text of record " +
           std::to_string(record->sequence);
  if (row.before != head_.hash)
    return "relinked: record " + place + " doesn't continue the one before it";
  if (row.hash != hash || !record)
    return "altered: the text of record " + place + " is not what was recorded";
  return {};
}

} // namespace termlease::bus
