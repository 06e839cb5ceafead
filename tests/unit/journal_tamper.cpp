#include "bus/journal/replay.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/journal_support.hpp"

#include <cstring>
#include <fstream>

using namespace termlease;
using namespace termlease::journal_tests;
using Catch::Matchers::StartsWith;

namespace {

constexpr std::uint64_t kept = 100;

void make_journal(const std::filesystem::path& file) {
  bus::journal_store store(file, quick());
  append(store, 1, kept);
}

messages::chain_report verdict(const std::filesystem::path& file) {
  return bus::journal_reader(file).verify();
}

/// Makes record `n` another one, with a hash that fits its new text and the record before it.
void forge(foreign_hand& hand, std::uint64_t n) {
  const auto where = " WHERE sequence = " + std::to_string(n);
  auto body = hand.rows("SELECT body FROM record" + where).at(0);
  body.replace(body.find("\"ok\""), 4, "\"no\"");
  sqlite3_stmt* row = nullptr;
  sqlite3_prepare_v2(hand.handle(), ("SELECT prev_hash FROM record" + where).c_str(), -1, &row,
                     nullptr);
  sqlite3_step(row);
  bus::chain_hash before{};
  std::memcpy(before.data(), sqlite3_column_blob(row, 0), before.size());
  sqlite3_finalize(row);
  hand.run_past_triggers("UPDATE record SET body = '" + body + "', hash = x'" +
                         bus::to_text(bus::link(before, n, body)) + "'" + where);
}

} // namespace

TEST_CASE("the file itself refuses to change, drop, replace or skip a record", "[FR-026-011]") {
  const own_folder folder;
  make_journal(folder.journal());
  foreign_hand hand(folder.journal());
  CHECK(hand.attempt("UPDATE record SET body = '{}' WHERE sequence = 5") == SQLITE_CONSTRAINT);
  CHECK(hand.attempt("DELETE FROM record") == SQLITE_CONSTRAINT);
  CHECK(hand.attempt("REPLACE INTO record SELECT * FROM record WHERE sequence = 5") ==
        SQLITE_CONSTRAINT);
  CHECK(hand.attempt("INSERT INTO record SELECT 200, id, timestamp, event_type, share_id, "
                     "correlation_id, body, prev_hash, hash FROM record WHERE sequence = 5") ==
        SQLITE_CONSTRAINT);
  CHECK(hand.attempt("DELETE FROM head") == SQLITE_CONSTRAINT);
  CHECK(hand.attempt("UPDATE head SET sequence = 1") == SQLITE_CONSTRAINT);
  CHECK(hand.attempt("REPLACE INTO head VALUES (1, 1, x'')") == SQLITE_CONSTRAINT);
  CHECK(verdict(folder.journal()).valid);
}

TEST_CASE("tampering with the file is found, with its place and its kind", "[FR-026-011]") {
  const own_folder folder;
  make_journal(folder.journal());

  struct tampering {
    const char* what;
    const char* sql;
    const char* found;
    std::uint64_t first_bad;
  };

  const auto each = GENERATE(
      tampering{"a text was changed",
                "UPDATE record SET body = replace(body, '\"ok\"', "
                "'\"denied\"') WHERE sequence = 40",
                "altered", 40},
      tampering{"a text became garbage", "UPDATE record SET body = '{{{' WHERE sequence = 40",
                "altered", 40},
      tampering{"a hash was changed", "UPDATE record SET hash = zeroblob(32) WHERE sequence = 40",
                "altered", 40},
      tampering{"a hash was shortened", "UPDATE record SET hash = x'' WHERE sequence = 40",
                "altered", 40},
      tampering{"a record was deleted", "DELETE FROM record WHERE sequence = 40", "gap", 40},
      tampering{"the first record was deleted", "DELETE FROM record WHERE sequence = 1", "gap", 1},
      tampering{"all records were deleted", "DELETE FROM record", "truncated", 1},
      tampering{"a hole was closed by renumbering",
                "DELETE FROM record WHERE sequence = 40;"
                "UPDATE record SET sequence = sequence - 1 WHERE sequence > 40",
                "moved", 40},
      tampering{"two records were swapped",
                "UPDATE record SET sequence = -1 WHERE sequence = 40;"
                "UPDATE record SET sequence = 40 WHERE sequence = 41;"
                "UPDATE record SET sequence = 41 WHERE sequence = -1",
                "moved", 40},
      tampering{"a record was put before the first",
                "INSERT INTO record SELECT 0, id, timestamp, event_type, share_id, correlation_id, "
                "body, prev_hash, hash FROM record WHERE sequence = 1",
                "gap", 1},
      tampering{"a column hides a record from a filter",
                "UPDATE record SET share_id = 'other' WHERE sequence = 40", "columns", 40},
      tampering{"a time was moved", "UPDATE record SET timestamp = 1 WHERE sequence = 40",
                "columns", 40},
      tampering{"the tail was cut", "DELETE FROM record WHERE sequence > 90", "truncated", 91},
      tampering{"the noted head was changed", "UPDATE head SET hash = zeroblob(32)", "rewritten",
                101},
      tampering{"the noted head was removed", "DELETE FROM head", "rewritten", 101},
      tampering{"a table was added", "CREATE TABLE extra (x)", "schema", 1},
      tampering{"an index leaves records out",
                "PRAGMA writable_schema = ON;"
                "UPDATE sqlite_schema SET sql = sql || ' WHERE 0' WHERE name = 'record_by_share';"
                "PRAGMA writable_schema = RESET; REINDEX; PRAGMA writable_schema = ON;"
                "UPDATE sqlite_schema SET sql = replace(sql, ' WHERE 0', '');"
                "PRAGMA writable_schema = RESET",
                "unreadable", 101});
  INFO(each.what);
  foreign_hand(folder.journal()).run_past_triggers(each.sql);
  const auto report = verdict(folder.journal());
  CHECK_FALSE(report.valid);
  CHECK_THAT(report.problem, StartsWith(each.found));
  CHECK(report.first_bad == each.first_bad);
}

TEST_CASE("triggers that were taken off are noticed") {
  const own_folder folder;
  make_journal(folder.journal());
  foreign_hand(folder.journal()).run("DROP TRIGGER record_no_delete");
  CHECK_THAT(verdict(folder.journal()).problem, StartsWith("schema"));
  CHECK(code_of([&] { bus::journal_store store(folder.journal(), quick()); }) == "journal_corrupt");
}

TEST_CASE("a record forged with a fitting hash breaks the link after it", "[FR-026-011]") {
  const own_folder folder;
  make_journal(folder.journal());
  foreign_hand hand(folder.journal());
  forge(hand, 40);
  const auto report = verdict(folder.journal());
  CHECK_THAT(report.problem, StartsWith("relinked"));
  CHECK(report.first_bad == 41);
}

TEST_CASE("what the file alone can't show is found against a head that was noted elsewhere",
          "[FR-026-011]") {
  const own_folder folder;
  make_journal(folder.journal());
  const auto noted = bus::journal_store(folder.journal(), quick()).head();
  foreign_hand hand(folder.journal());
  SECTION("a tail that was cut together with the note of the head") {
    hand.run_past_triggers("DELETE FROM record WHERE sequence > 90; UPDATE head SET sequence = 90, "
                           "hash = (SELECT hash FROM record WHERE sequence = 90)");
    CHECK(verdict(folder.journal()).valid);
    const auto report = bus::journal_reader(folder.journal()).verify(noted);
    CHECK_THAT(report.problem, StartsWith("truncated"));
    CHECK(report.first_bad == 91);
  }
  SECTION("a last record that was forged together with the note of the head") {
    forge(hand, kept);
    hand.run_past_triggers("UPDATE head SET hash = (SELECT hash FROM record WHERE sequence = 100)");
    CHECK(verdict(folder.journal()).valid);
    CHECK_THAT(bus::journal_reader(folder.journal()).verify(noted).problem,
               StartsWith("rewritten"));
  }
  SECTION("a chain that went on since then is the same chain") {
    bus::journal_store store(folder.journal(), quick());
    append(store, 101, 10);
    const auto report = bus::journal_reader(folder.journal()).verify(noted);
    CHECK(report.problem.empty());
    CHECK(report.head == bus::to_text(store.head().hash));
  }
}

TEST_CASE("a journal whose tail doesn't verify is not continued", "[FR-026-011]") {
  const own_folder folder;
  make_journal(folder.journal());
  const auto sql = GENERATE(
      as<std::string>{}, "UPDATE record SET body = replace(body, 'ok', 'no') WHERE sequence = 99",
      "DELETE FROM record WHERE sequence = 100", "DELETE FROM record WHERE sequence = 50",
      "DELETE FROM record WHERE sequence = 36", "DELETE FROM head", "DELETE FROM record",
      "CREATE TABLE extra (x)");
  INFO(sql);
  foreign_hand(folder.journal()).run_past_triggers(sql);
  CHECK(code_of([&] { bus::journal_store store(folder.journal(), quick()); }) == "journal_corrupt");
}

TEST_CASE("opening checks the tail only, the command checks everything") {
  const own_folder folder;
  make_journal(folder.journal());
  foreign_hand(folder.journal())
      .run_past_triggers("UPDATE record SET body = replace(body, 'ok', 'no') WHERE sequence = 10");
  CHECK(code_of([&] { bus::journal_store store(folder.journal(), quick()); }) == "none");
  CHECK(verdict(folder.journal()).first_bad == 10);
}

TEST_CASE("a restart believes what stands before the first record that isn't what was recorded",
          "[FR-026-011]") {
  const own_folder folder;
  make_journal(folder.journal());
  const auto bad = GENERATE(0U, 1U, 10U, 100U);
  if (bad > 0)
    foreign_hand(folder.journal())
        .run_past_triggers("UPDATE record SET body = replace(body, 'ok', 'no') WHERE sequence = " +
                           std::to_string(bad));
  std::uint64_t last = 0;
  const auto found = code_of([&] {
    bus::replay(folder.journal(), [&](const messages::record& each) {
      CHECK(each.sequence == last + 1);
      last = each.sequence;
    });
  });
  CHECK(found == (bad > 0 ? "journal_corrupt" : "none"));
  CHECK(last == (bad > 0 ? bad - 1 : 100));
}

TEST_CASE("the first break counts, in whichever page of a long journal it is", "[FR-026-011]") {
  const own_folder folder;
  {
    bus::journal_store store(folder.journal(), quick());
    for (std::uint64_t n = 1; n <= 9000; n += 1000) append(store, n, 1000);
  }
  foreign_hand(folder.journal())
      .run_past_triggers("DELETE FROM record WHERE sequence IN (4500, 6001)");
  std::uint64_t last = 0;
  CHECK(code_of([&] {
          bus::replay(folder.journal(),
                      [&](const messages::record& each) { last = each.sequence; });
        }) == "journal_corrupt");
  CHECK(last == 4499);
}

TEST_CASE("a journal that somebody else wrote to meanwhile takes no more records") {
  const own_folder folder;
  bus::journal_store store(folder.journal(), quick());
  append(store, 1, 10);
  foreign_hand hand(folder.journal());
  SECTION("the tail was cut") {
    hand.run_past_triggers("DELETE FROM record WHERE sequence = 10; UPDATE head SET sequence = 9");
  }
  SECTION("a record was added") {
    hand.run("INSERT INTO record SELECT 11, id, timestamp, event_type, share_id, correlation_id, "
             "body, prev_hash, hash FROM record WHERE sequence = 10");
  }
  CHECK(code_of([&] { append(store, 11, 2); }) == "journal_corrupt");
  CHECK(store.last_sequence() == 10);
}

TEST_CASE("a damaged file is reported, never a crash") {
  const own_folder folder;
  make_journal(folder.journal());
  { foreign_hand(folder.journal()).run("PRAGMA wal_checkpoint(TRUNCATE)"); }
  std::fstream file(folder.journal(), std::ios::in | std::ios::out | std::ios::binary);
  SECTION("pages in the middle") {
    file.seekp(4096 * 4);
    file << std::string(4096 * 8, '\xa5');
    file.close();
    const auto report = verdict(folder.journal());
    CHECK_FALSE(report.valid);
    CHECK_FALSE(report.problem.empty());
    CHECK(code_of([&] { bus::journal_store store(folder.journal(), quick()); }) ==
          "journal_corrupt");
  }
  SECTION("the first page") {
    file << std::string(4096, '\xa5');
    file.close();
    CHECK_FALSE(verdict(folder.journal()).valid);
    CHECK(code_of([&] { bus::journal_store store(folder.journal(), quick()); }) ==
          "journal_corrupt");
  }
  SECTION("a text that nests without end") {
    file.close();
    foreign_hand(folder.journal())
        .run_past_triggers("UPDATE record SET body = '{\"metadata\":' || "
                           "replace(hex(zeroblob(100000)), '00', '[') WHERE sequence = 40");
    CHECK_THAT(verdict(folder.journal()).problem, StartsWith("altered"));
  }
}
