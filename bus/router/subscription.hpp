#pragma once

// Why: what one client wants to hear, and how far it has heard it. Kept apart from the router so
// that matching can be tested without actors.

#include "messages/envelope.hpp"
#include "messages/record.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace termlease::bus {

/// Limits that keep a hostile subscription small.
inline constexpr std::size_t max_patterns = 64;

class subscription {
public:
  /// Throws `failed` (`bad_pattern`).
  explicit subscription(const messages::subscribe& wanted);

  bool wants(std::string_view topic) const;

  /// Whether `record`'s event, heard under `topic`, is wanted.
  bool wants(std::string_view topic, const messages::record& record) const;

  /// Whether it is about one share or one terminal alone.
  bool is_narrowed() const { return !share_id_.empty() || !terminal_id_.empty(); }

  /// Whether what concerns this share and this terminal is wanted.
  bool concerns(const std::string& share_id, const std::string& terminal_id) const;

  std::uint64_t next = 1; ///< the first sequence that was not yet handed over
  bool replaying = false; ///< behind the journal: catching up from storage

private:
  std::vector<std::string> patterns_;
  std::string share_id_;
  std::string terminal_id_;
};

} // namespace termlease::bus
