#include "tests/support/catch.hpp"
#include "tests/unit/journal_support.hpp"

#include <csignal>
#include <fstream>
#include <iterator>

using namespace termlease;
using namespace termlease::journal_tests;

namespace {

/// Starts a process that appends without end and says each acknowledged sequence through a pipe;
/// kills it with SIGKILL after `enough` of them; returns the last that it had said.
std::uint64_t kill_a_writer(const std::filesystem::path& file, std::uint64_t enough,
                            std::uint64_t batch) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t writer = fork();
  if (writer == 0) {
    close(ends[0]);
    try {
      bus::journal_store store(file, quick());
      for (;;) {
        append(store, store.last_sequence() + 1, batch);
        const auto last = store.last_sequence();
        if (write(ends[1], &last, sizeof last) != sizeof last) _exit(1);
        if (store.checkpoint_due()) store.checkpoint();
      }
    } catch (...) {
      _exit(1);
    }
  }
  close(ends[1]);
  std::uint64_t said = 0;
  std::uint64_t times = 0;
  while (read(ends[0], &said, sizeof said) == sizeof said)
    if (++times == enough) kill(writer, SIGKILL);
  close(ends[0]);
  waitpid(writer, nullptr, 0);
  return said;
}

/// The files as a machine that stops at this moment leaves them.
void copy_as_after_a_crash(const own_folder& from, const own_folder& to) {
  for (const auto* suffix : {"", "-wal"})
    std::filesystem::copy_file(from.journal().string() + suffix, to.journal().string() + suffix,
                               std::filesystem::copy_options::overwrite_existing);
  std::filesystem::remove(to.journal().string() + "-shm");
}

std::string contents_of(const std::string& file) {
  std::ifstream from(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(from), {}};
}

} // namespace

TEST_CASE("whatever was acknowledged is there after kill -9, and the chain goes on",
          "[FR-026-011]") {
  const own_folder folder;
  std::uint64_t before = 0;
  for (const auto batch : {1U, 7U, 64U, 1U, 200U}) {
    const auto acknowledged = kill_a_writer(folder.journal(), 25, batch);
    INFO("batches of " << batch);
    CHECK(acknowledged > before);
    bus::journal_store store(folder.journal(), quick());
    CHECK(store.last_sequence() >= acknowledged);
    const auto report = bus::journal_reader(folder.journal()).verify(store.head());
    CHECK(report.problem.empty());
    CHECK(report.records == store.last_sequence());
    append(store, store.last_sequence() + 1, 1);
    before = store.last_sequence();
  }
}

TEST_CASE("the files as they are when an append returns hold everything", "[FR-026-011]") {
  const own_folder folder;
  const own_folder copy;
  bus::journal_store store(folder.journal());
  for (std::uint64_t n = 1; n <= 12; ++n) {
    append(store, n, 1);
    if (n == 6) store.checkpoint();
    copy_as_after_a_crash(folder, copy);
    const bus::journal_store opened(copy.journal());
    REQUIRE(opened.head() == store.head());
    REQUIRE(opened.cut_bytes() == 0);
  }
}

TEST_CASE("a batch that was torn by a crash is not there at all, and that is said",
          "[FR-026-011]") {
  const own_folder folder;
  const own_folder copy;
  bus::journal_store store(folder.journal(), quick());
  append(store, 1, 10);
  const auto log = folder.journal().string() + "-wal";
  const auto whole = std::filesystem::file_size(log);
  append(store, 11, 40);
  const auto size = std::filesystem::file_size(log);
  REQUIRE(size > whole);
  for (auto cut = whole; cut < size; cut += 6007) {
    copy_as_after_a_crash(folder, copy);
    std::filesystem::resize_file(copy.journal().string() + "-wal", cut);
    {
      const bus::journal_store opened(copy.journal(), quick());
      REQUIRE(opened.last_sequence() == 10);
      REQUIRE(opened.cut_bytes() == cut - whole);
      REQUIRE(bus::journal_reader(copy.journal()).verify().valid);
    }
    REQUIRE(bus::journal_store(copy.journal(), quick()).cut_bytes() == 0);
  }
}

TEST_CASE("a last write that is whole but not what was written is cut, and that is said",
          "[FR-026-011]") {
  const own_folder folder;
  const own_folder copy;
  bus::journal_store store(folder.journal());
  append(store, 1, 1);
  const auto log = copy.journal().string() + "-wal";
  copy_as_after_a_crash(folder, copy);
  const auto before = contents_of(log);
  append(store, 2, 1);
  copy_as_after_a_crash(folder, copy);
  auto torn = contents_of(log);
  auto end = torn.size();
  while (torn[end - 1] == before[end - 1]) --end; // the log has its full size from the start
  torn[end - 1] = static_cast<char>(torn[end - 1] ^ 1);
  std::ofstream(log, std::ios::binary) << torn;
  bus::journal_store opened(copy.journal());
  CHECK(opened.last_sequence() == 1);
  CHECK(opened.cut_bytes() >= 4096);
  append(opened, 2, 1);
  CHECK(bus::journal_reader(copy.journal()).verify(opened.head()).valid);
}
