#include "tests/support/catch.hpp"
#include "tests/unit/journal_support.hpp"

#include <sys/stat.h>

using namespace termlease;
using namespace termlease::journal_tests;

namespace {

unsigned mode_of(const std::filesystem::path& path) {
  using file_status = struct stat;
  file_status found{};
  return stat(path.c_str(), &found) == 0 ? found.st_mode & 0777U : 0;
}

} // namespace

TEST_CASE("a new journal is empty, private, and its chain is valid", "[FR-026-011]") {
  const own_folder folder;
  const auto file = folder.path() / "state" / "journal.db";
  const bus::journal_store store(file);
  CHECK(store.last_sequence() == 0);
  CHECK(mode_of(file.parent_path()) == 0700);
  for (const auto* suffix : {"", "-wal", "-shm", ".lock"}) {
    INFO(suffix);
    CHECK(mode_of(file.string() + suffix) == 0600);
  }
  const auto report = bus::journal_reader(file).verify();
  CHECK(report.valid);
  CHECK(report.records == 0);
  CHECK(report.head == bus::to_text(bus::genesis().hash));
}

TEST_CASE("a batch gets contiguous sequences and every field comes back", "[FR-026-011]") {
  const own_folder folder;
  bus::journal_store store(folder.journal(), quick());
  std::vector<messages::record> batch{record_number(1), record_number(2)};
  batch[1].causation_id = "cause";
  batch[1].workspace_id = "w";
  batch[1].lane_id = "l";
  batch[1].session_id = "s";
  batch[1].terminal_id = "t";
  batch[1].target = "line\nbreak \"quoted\" \xe2\x82\xac";
  CHECK(store.append(batch) == 2);
  CHECK(batch[0].sequence == 1);
  CHECK(batch[1].sequence == 2);
  append(store, 3, 1);
  CHECK(store.last_sequence() == 3);

  std::vector<bus::journal_entry> found;
  bus::journal_reader(folder.journal()).read({}, [&](const auto& each) { found.push_back(each); });
  REQUIRE(found.size() == 3);
  CHECK(messages::encode(found[1].record()) == messages::encode(batch[1]));
  CHECK(found[1].body.find('\n') == std::string::npos);
}

TEST_CASE("a record on the wire has the names that audit clients know", "[FR-026-011]") {
  const auto object = messages::encode(record_number(1));
  for (const auto* name : {"id", "eventType", "actor", "action", "target", "result", "timestamp",
                           "workspaceId", "laneId", "sessionId", "correlationId", "metadata"}) {
    INFO(name);
    CHECK(object.contains(name));
  }
  CHECK(object["actor"] == messages::json{{"kind", "agent"}, {"id", "bot"}});
  CHECK(object["timestamp"] == "2023-11-14T22:13:21.000Z");
}

TEST_CASE("a reopened journal continues its chain", "[FR-026-011]") {
  const own_folder folder;
  for (std::uint64_t round = 0; round < 4; ++round) {
    bus::journal_store store(folder.journal(), quick());
    CHECK(store.last_sequence() == round * 10);
    append(store, round * 10 + 1, 10);
  }
  const auto report = bus::journal_reader(folder.journal()).verify();
  CHECK(report.problem.empty());
  CHECK(report.records == 40);
}

TEST_CASE("the hash of a record can be computed from what is documented") {
  const own_folder folder;
  bus::journal_store store(folder.journal(), quick());
  append(store, 1, 1);
  std::string body;
  bus::journal_reader(folder.journal()).read({}, [&](const auto& each) { body = each.body; });
  CHECK(store.head().hash == bus::link(bus::genesis().hash, 1, body));
  CHECK(bus::to_text(bus::genesis().hash) ==
        "f539654189134fc686c366dc134149604714b111c83b74275d5835dd30b75eff");
}

TEST_CASE("a record that can't be kept refuses its whole batch and changes nothing") {
  const own_folder folder;
  bus::journal_settings settings;
  settings.max_record_bytes = 4096;
  bus::journal_store store(folder.journal(), settings);
  append(store, 1, 1);
  std::vector<messages::record> batch{record_number(2), record_number(3)};
  SECTION("metadata is no JSON") {
    batch[1].metadata.text = "{";
  }
  SECTION("metadata is no object") {
    batch[1].metadata.text = "[1]";
  }
  SECTION("metadata nests without end") {
    batch[1].metadata.text = R"({"a":)" + std::string(1000, '[') + std::string(1000, ']') + "}";
  }
  SECTION("a record is too long") {
    batch[1].target = std::string(5000, 'x');
  }
  CHECK(code_of([&] { store.append(batch); }) == "bad_record");
  CHECK(batch[0].sequence == 0);
  CHECK(store.last_sequence() == 1);
  append(store, 2, 1);
  CHECK(bus::journal_reader(folder.journal()).verify().records == 2);
}

TEST_CASE("text that is not UTF-8 is recorded with replacements and the chain stays valid") {
  const own_folder folder;
  bus::journal_store store(folder.journal(), quick());
  auto record = record_number(1);
  record.share_id = "bad \xff\xfe";
  record.correlation_id = std::string("nul\0inside", 10);
  store.append({&record, 1});
  const auto report = bus::journal_reader(folder.journal()).verify();
  CHECK(report.problem.empty());
  CHECK(report.records == 1);
}

TEST_CASE("the write-ahead log is started over in idle moments and stays at its size") {
  const own_folder folder;
  bus::journal_settings settings;
  settings.reserve_bytes = 1024 * 1024;
  settings.checkpoint_due_pages = 50;
  bus::journal_store store(folder.journal(), settings);
  const auto log = folder.journal().string() + "-wal";
  const auto size = std::filesystem::file_size(log);
  CHECK(size >= settings.reserve_bytes);
  std::uint64_t checkpoints = 0;
  for (std::uint64_t n = 1; n <= 120; ++n) {
    append(store, n, 1);
    if (!store.checkpoint_due()) continue;
    store.checkpoint();
    CHECK_FALSE(store.checkpoint_due());
    ++checkpoints;
  }
  CHECK(checkpoints > 3);
  CHECK(std::filesystem::file_size(log) == size);
  CHECK(bus::journal_reader(folder.journal()).verify().records == 120);
}

TEST_CASE("a log that nobody starts over is started over by an append") {
  const own_folder folder;
  bus::journal_settings settings;
  settings.reserve_bytes = 64 * 1024;
  settings.checkpoint_forced_pages = 100;
  bus::journal_store store(folder.journal(), settings);
  for (std::uint64_t n = 1; n <= 150; ++n) append(store, n, 1);
  CHECK(std::filesystem::file_size(folder.journal().string() + "-wal") < 150 * 4200);
  CHECK(bus::journal_reader(folder.journal()).verify().records == 150);
}
