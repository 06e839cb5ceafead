#include "tests/support/catch.hpp"
#include "tests/unit/journal_support.hpp"

using namespace termlease;
using namespace termlease::journal_tests;

namespace {

std::vector<std::uint64_t> sequences(const std::filesystem::path& file,
                                     const bus::journal_query& query) {
  std::vector<std::uint64_t> found;
  bus::journal_reader reader(file);
  const auto count =
      reader.read(query, [&](const auto& each) { found.push_back(each.record().sequence); });
  CHECK(count == found.size());
  return found;
}

using list = std::vector<std::uint64_t>;

} // namespace

TEST_CASE("records are read from a sequence, up to a limit, across pages") {
  const own_folder folder;
  bus::journal_store store(folder.journal(), quick());
  append(store, 1, 600);
  CHECK(sequences(folder.journal(), {.limit = 3}) == list{1, 2, 3});
  CHECK(sequences(folder.journal(), {.from = 599}) == list{599, 600});
  CHECK(sequences(folder.journal(), {.from = 601}).empty());
  CHECK(sequences(folder.journal(), {.from = 2, .limit = 1}) == list{2});
  CHECK(sequences(folder.journal(), {.limit = 512}).size() == 512);
  CHECK(sequences(folder.journal(), {}).size() == 600);
  CHECK(bus::journal_reader(folder.journal()).last_sequence() == 600);
}

TEST_CASE("records are narrowed by share, correlation, time and topic") {
  const own_folder folder;
  bus::journal_store store(folder.journal(), quick());
  append(store, 1, 9);
  CHECK(sequences(folder.journal(), {.share_id = "share-1"}) == list{1, 4, 7});
  CHECK(sequences(folder.journal(), {.correlation_id = "correlation-2"}) == list{4, 5});
  CHECK(sequences(folder.journal(), {.since = record_number(8).timestamp}) == list{8, 9});
  CHECK(sequences(folder.journal(), {.since = record_number(10).timestamp}).empty());
  CHECK(sequences(folder.journal(), {.topic = "policy.decided"}) == list{1, 3, 5, 7, 9});
  CHECK(sequences(folder.journal(), {.topic = "share.>"}) == list{2, 4, 6, 8});
  CHECK(sequences(folder.journal(), {.topic = "share.session.>"}) == list{2, 4, 6, 8});
  CHECK(sequences(folder.journal(), {.topic = "share"}).empty());
  CHECK(sequences(folder.journal(), {.topic = "shar.>"}).empty());
  CHECK(sequences(folder.journal(), {.topic = ">"}).size() == 9);
  CHECK(sequences(folder.journal(), {.from = 2, .limit = 1, .share_id = "share-1"}) == list{4});
}

TEST_CASE("since finds every later record, also when the clock ran backwards in between") {
  const own_folder folder;
  bus::journal_store store(folder.journal(), quick());
  for (const std::uint64_t n : {5, 6, 1, 2, 7}) append(store, n, 1);
  CHECK(sequences(folder.journal(), {.since = record_number(5).timestamp}) == list{1, 2, 5});
}

TEST_CASE("a filter is data, never SQL") {
  const own_folder folder;
  bus::journal_store store(folder.journal(), quick());
  append(store, 1, 3);
  CHECK(sequences(folder.journal(), {.share_id = "' OR 1=1 --"}).empty());
  CHECK(sequences(folder.journal(), {.topic = "' OR 1=1 --"}).empty());
}

TEST_CASE("a reader sees each record as soon as it is durable, and may be used while it reads") {
  const own_folder folder;
  bus::journal_store store(folder.journal(), quick());
  append(store, 1, 300);
  bus::journal_reader reader(folder.journal());
  std::uint64_t nested = 0;
  const auto count = reader.read({.limit = 300}, [&](const auto& each) {
    if (each.sequence == 1) append(store, 301, 1);
    if (each.sequence == 300) nested = reader.read({.from = 300}, [](const auto&) {});
  });
  CHECK(count == 300);
  CHECK(nested == 2);
  CHECK(reader.last_sequence() == 301);
}

TEST_CASE("a journal can be read and checked while no runtime is there") {
  const own_folder folder;
  {
    bus::journal_store store(folder.journal(), quick());
    append(store, 1, 5);
  }
  CHECK(sequences(folder.journal(), {}).size() == 5);
  CHECK(bus::journal_reader(folder.journal()).verify().valid);
}

TEST_CASE("reading what is not there or no journal is a clear failure") {
  const own_folder folder;
  CHECK(code_of([&] { bus::journal_reader reader(folder.journal()); }) == "journal_unavailable");
  CHECK(code_of([&] { bus::journal_reader reader(folder.path()); }) == "journal_unavailable");
}
