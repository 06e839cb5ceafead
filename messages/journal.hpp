#pragma once

// Why: what happened is first recorded, then believed. These are the words between whoever acts and
// the journal.

#include "messages/record.hpp"

#include <string>
#include <vector>

namespace termlease::messages {

/// Appends records as one unit. Answered with `recorded` once they are durable, or once it is sure
/// that they are not.
struct append {
  std::vector<record> records;

  static constexpr auto describe() {
    return described("append", "appends records as one unit", field("records", &append::records));
  }
};

/// Records what has happened whether or not it can be recorded, such as the end of a share: kept
/// and tried again until the journal takes it. Not answered.
struct keep {
  std::vector<record> records;

  static constexpr auto describe() {
    return described("keep", "records what has happened already", field("records", &keep::records));
  }
};

/// Answered with `recorded` once the journal knows of whatever was sent to it before, written or
/// not.
struct catch_up {
  static constexpr auto describe() { return described("catch_up", "is all known that was said?"); }
};

struct recorded {
  std::uint64_t last = 0; ///< sequence of the last of the records
  failure problem;        ///< nothing of the unit was recorded

  static constexpr auto describe() {
    return described("recorded", "records are durable", field("last", &recorded::last),
                     field("problem", &recorded::problem));
  }
};

/// From the journal to its storage. Answered with `recorded`.
struct commit {
  std::vector<record> records;

  static constexpr auto describe() {
    return described("commit", "one transaction", field("records", &commit::records));
  }
};

/// From the journal to the router: durable, in order, without a hole.
struct publish {
  std::vector<record> records;

  static constexpr auto describe() {
    return described("publish", "durable records for the bus", field("records", &publish::records));
  }
};

/// Reads a part of the journal. Answered with `journal_part`.
struct read_records {
  std::uint64_t from = 1;
  std::uint32_t limit = 1000;
  std::string share_id;
  instant since;
  std::string topic{};

  static constexpr auto describe() {
    return described("read_records", "reads a part of the journal",
                     field("from", &read_records::from), field("limit", &read_records::limit),
                     field("share_id", &read_records::share_id),
                     field("since", &read_records::since), field("topic", &read_records::topic));
  }
};

struct journal_part {
  std::vector<record> records;
  failure problem;

  static constexpr auto describe() {
    return described("journal_part", "a part of the journal",
                     field("records", &journal_part::records),
                     field("problem", &journal_part::problem));
  }
};

/// The writer's own head: what the chain must end with. Answered with `check_chain`.
struct note_head {
  static constexpr auto describe() { return described("note_head", "what is the last record?"); }
};

/// Checks the whole chain, up to a head that is known. Answered with `chain_report`.
struct check_chain {
  std::uint64_t sequence = 0; ///< 0: no head is known
  std::string hash;           ///< its 32 bytes

  static constexpr auto describe() {
    return described("check_chain", "checks the whole chain",
                     field("sequence", &check_chain::sequence), field("hash", &check_chain::hash));
  }
};

} // namespace termlease::messages
