#pragma once

// Why: upterm runs one program for each guest and doesn't tell the program whose it is. The list of
// its connections has the keys, so a program that arrives is matched with a connection: exactly
// where only one can be meant, by the order of joining where several just joined, and not at all,
// which refuses the guest, where a wrong name could end up in the record.

#include "tools/worker/backend.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace termlease::worker {

struct match_limits {
  /// A connection opens its session a few round trips after it joined; later ones rank behind.
  std::chrono::milliseconds fresh{2000};
  /// How long a program waits for its connection to be listed before it counts as a further
  /// session of a connection that is known.
  std::chrono::milliseconds grace{100};
  /// A program without a connection by then is refused.
  std::chrono::milliseconds deadline{3000};
  std::size_t remembered = 256; ///< connections; the oldest are forgotten
};

enum class verdict { matched, wait, ambiguous, unknown };

struct match {
  verdict outcome = verdict::wait;
  connection who; ///< when matched
};

/// Connections seen so far, and which of them have a guest program.
class guest_book {
public:
  using time_point = loop::clock::time_point;

  explicit guest_book(match_limits limits = {}) : limits_(limits) {}

  /// Takes the backend's list, in the order of joining.
  void saw(const std::vector<connection>& listed, time_point now);

  /// Whose program is it that arrived at `arrived`? Programs are asked for in the order of their
  /// starts. A match takes the connection.
  match find(time_point arrived, time_point now);

  /// Connections that were matched.
  std::vector<connection> matched() const;

private:
  struct entry {
    connection who;
    time_point joined;
    bool taken = false;
  };

  entry* first_fresh(time_point arrived);
  entry* only_candidate();

  match_limits limits_;
  std::vector<entry> entries_;
};

} // namespace termlease::worker
