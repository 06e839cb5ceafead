#pragma once

// Why: whether a row continues the rows before it is one question, whoever asks it: the check of
// the whole file, the check of its tail, and a restart that reads everything anyway.

#include "bus/journal/chain.hpp"
#include "messages/record.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace termlease::bus {

/// A row of the journal, as far as the chain covers it.
struct journal_entry {
  std::uint64_t sequence = 0;
  std::string body;  ///< one line of JSON: the record exactly as it was hashed
  chain_hash before; ///< of the record before it, as this row has it
  chain_hash hash;   ///< its own, as this row has it

  /// Throws `failed` (`journal_corrupt`) when the text is not a record.
  messages::record record() const;
};

/// Takes one row after the other and stops being true to its head at the first that doesn't fit.
class chain_walk {
public:
  explicit chain_walk(const chain_head& start) : head_(start) {}

  /// The record of the next row; nothing when the row doesn't fit, which `problem` then tells.
  std::optional<messages::record> step(const journal_entry& row);

  /// What is wrong with the last row; its first word is one of those in verify.hpp.
  const std::string& problem() const { return problem_; }

  std::uint64_t next() const { return head_.sequence + 1; }

  const chain_head& head() const { return head_; }

private:
  std::string problem_of(const journal_entry& row, const std::optional<messages::record>& record,
                         const chain_hash& hash) const;

  chain_head head_;
  std::string problem_;
};

} // namespace termlease::bus
