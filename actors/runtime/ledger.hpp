#pragma once

// Why: what a restart needs is what the journal says, whether the runtime restarts or one branch of
// it. So there is one fold over the records, kept current as they become durable, and every branch
// starts from its part of it.

#include "actors/policy/approvals.hpp"
#include "actors/policy/tokens.hpp"
#include "actors/shares/shares.hpp"
#include "actors/terminals/terminals.hpp"

#include <cstdint>
#include <mutex>

namespace termlease::actors {

/// Safe to use from several threads.
class ledger {
public:
  void apply(const messages::record& record) {
    const std::lock_guard guard(mutex_);
    fold(record);
    last_sequence_ = record.sequence;
  }

  /// A fact that waits for the disk. A branch that starts again must not believe the opposite, and
  /// record it; the fact itself is applied once more when it is durable, which changes nothing.
  void foresee(const messages::record& record) {
    const std::lock_guard guard(mutex_);
    fold(record);
  }

  terminal_ledger terminals() const { return copy(terminals_); }

  share_ledger shares() const { return copy(shares_); }

  approval_ledger approvals() const { return copy(approvals_); }

  token_ledger tokens() const { return copy(tokens_); }

  std::uint64_t last_sequence() const { return copy(last_sequence_); }

private:
  void fold(const messages::record& record) {
    terminals_.apply(record);
    shares_.apply(record);
    approvals_.apply(record);
    tokens_.apply(record);
  }

  template <class T> T copy(const T& part) const {
    const std::lock_guard guard(mutex_);
    return part;
  }

  mutable std::mutex mutex_;
  terminal_ledger terminals_;
  share_ledger shares_;
  approval_ledger approvals_;
  token_ledger tokens_;
  std::uint64_t last_sequence_ = 0;
};

} // namespace termlease::actors
