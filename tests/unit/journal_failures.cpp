#include "tests/support/catch.hpp"
#include "tests/unit/journal_support.hpp"

#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <grp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

using namespace termlease;
using namespace termlease::journal_tests;

namespace {

constexpr uid_t nobody = 65534;

/// Root may write everything, so whatever depends on rights happens as somebody else.
void give_up_root() {
  if (geteuid() != 0) return;
  if (setgroups(0, nullptr) != 0 || setgid(nobody) != 0 || setuid(nobody) != 0)
    throw std::runtime_error("setuid");
}

std::string code_without_root(const own_folder& folder, const std::function<void()>& work) {
  if (geteuid() == 0) {
    for (const auto& each : std::filesystem::recursive_directory_iterator(folder.path()))
      if (chown(each.path().c_str(), nobody, nobody) != 0) throw std::runtime_error("chown");
    if (chown(folder.path().c_str(), nobody, nobody) != 0) throw std::runtime_error("chown");
  }
  return in_child([&] {
    give_up_root();
    return code_of(work);
  });
}

/// Appends single records until one fails; returns its code.
std::string append_until_it_fails(bus::journal_store& store, std::uint64_t at_most = 100'000) {
  std::string code = "none";
  for (std::uint64_t n = 0; n < at_most && code == "none"; ++n)
    code = code_of([&] { append(store, store.last_sequence() + 1, 1); });
  return code;
}

/// True once this process has a file system of `size` of its own at `path`.
bool own_file_system(const std::filesystem::path& path, const std::string& size) {
  if (unshare(geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
  mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  return mount("tmpfs", path.c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0;
}

/// Leaves no byte free in the file system of `path`.
void fill(const std::filesystem::path& path) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const std::string piece(4096, 'x');
  while (write(file, piece.data(), piece.size()) > 0) {
  }
  close(file);
}

std::string full_disk_story(const own_folder& folder) {
  if (!own_file_system(folder.path(), "6m")) return "no file system of our own";
  bus::journal_store store(folder.journal());
  append(store, 1, 10);
  fill(folder.path() / "filler");
  const auto code = append_until_it_fails(store);
  if (code != "journal_full") return "appending failed with " + code;
  const auto last = store.last_sequence();
  if (code_of([&] { append(store, last + 1, 50); }) != "journal_full") return "not full any more";
  bus::journal_reader reader(folder.journal());
  if (const auto report = reader.verify(store.head()); !report.valid || report.records != last)
    return "on the full disk: " + report.problem;
  std::filesystem::remove(folder.path() / "filler");
  append(store, last + 1, 50);
  const auto report = reader.verify(store.head());
  return report.valid && report.records == last + 50 ? "well" : "afterwards: " + report.problem;
}

} // namespace

TEST_CASE("a second writer is refused while the first one lives", "[FR-026-011]") {
  const own_folder folder;
  {
    bus::journal_store first(folder.journal(), quick());
    CHECK(code_of([&] { bus::journal_store second(folder.journal(), quick()); }) ==
          "journal_locked");
    CHECK(in_child([&] {
            return code_of([&] { bus::journal_store second(folder.journal(), quick()); });
          }) == "journal_locked");
    try {
      bus::journal_store second(folder.journal(), quick());
    } catch (const messages::failed& error) {
      CHECK_THAT(error.why().message, ContainsSubstring(std::to_string(getpid())));
      CHECK(error.why().retryable);
    }
    append(first, 1, 1);
  }
  CHECK(code_of([&] { bus::journal_store second(folder.journal(), quick()); }) == "none");
}

TEST_CASE("a foreign process that holds the file delays an append, then fails it") {
  const own_folder folder;
  bus::journal_settings settings;
  settings.patience = std::chrono::milliseconds(20);
  bus::journal_store store(folder.journal(), settings);
  foreign_hand hand(folder.journal());
  hand.run("BEGIN IMMEDIATE");
  CHECK(code_of([&] { append(store, 1, 1); }) == "journal_locked");
  hand.run("ROLLBACK");
  append(store, 1, 1);
  CHECK(store.last_sequence() == 1);
}

TEST_CASE("a journal at its size limit is full, keeps what it has, and goes on when it may") {
  const own_folder folder;
  bus::journal_settings settings;
  settings.max_bytes = 256 * 1024;
  {
    bus::journal_store store(folder.journal(), settings);
    CHECK(append_until_it_fails(store) == "journal_full");
    const auto last = store.last_sequence();
    CHECK(last > 50);
    CHECK(code_of([&] { append(store, last + 1, 100); }) == "journal_full");
    CHECK(store.last_sequence() == last);
    CHECK(bus::journal_reader(folder.journal()).verify(store.head()).records == last);
  }
  settings.max_bytes *= 4;
  bus::journal_store store(folder.journal(), settings);
  append(store, store.last_sequence() + 1, 10);
  CHECK(bus::journal_reader(folder.journal()).verify(store.head()).problem.empty());
}

TEST_CASE("a full disk stops the journal without harm, and space lets it go on", "[FR-026-011]") {
  const own_folder folder;
  const auto told = in_child([&] { return full_disk_story(folder); });
  if (told == "no file system of our own") {
    WARN("skipped: this user may not mount a small file system");
    return;
  }
  CHECK(told == "well");
}

TEST_CASE("a journal can't be made on a full disk, but an existing one opens there") {
  const own_folder folder;
  const auto told = in_child([&]() -> std::string {
    if (!own_file_system(folder.path(), "6m")) return "skip";
    const auto other = folder.path() / "other.db";
    {
      bus::journal_store store(other, quick());
      append(store, 1, 10);
    }
    fill(folder.path() / "filler");
    return code_of([&] { bus::journal_store store(folder.journal(), quick()); }) + " " +
           code_of([&] { bus::journal_store store(other, quick()); });
  });
  if (told == "skip") {
    WARN("skipped: this user may not mount a small file system");
    return;
  }
  CHECK(told == "journal_full none");
}

TEST_CASE("an I/O error fails the append, changes nothing, and a later append works") {
  const own_folder folder;
  const auto told = in_child([&]() -> std::string {
    std::signal(SIGXFSZ, SIG_IGN);
    bus::journal_settings settings;
    settings.reserve_bytes = 64 * 1024;
    bus::journal_store store(folder.journal(), settings);
    append(store, 1, 5);
    rlimit limit{};
    getrlimit(RLIMIT_FSIZE, &limit);
    const auto before = limit.rlim_cur;
    limit.rlim_cur = 128 * 1024;
    setrlimit(RLIMIT_FSIZE, &limit);
    const auto code = append_until_it_fails(store);
    const auto last = store.last_sequence();
    limit.rlim_cur = before;
    setrlimit(RLIMIT_FSIZE, &limit);
    append(store, last + 1, 10);
    const auto report = bus::journal_reader(folder.journal()).verify(store.head());
    return code + " " + (report.records == last + 10 ? "whole" : report.problem);
  });
  CHECK(told == "journal_unavailable whole");
}

TEST_CASE("a folder that may not be written gives no journal", "[FR-026-011]") {
  const own_folder folder;
  CHECK(code_without_root(folder, [&] {
          std::filesystem::permissions(folder.path(), std::filesystem::perms(0500));
          bus::journal_store store(folder.journal(), quick());
        }) == "journal_read_only");
}

TEST_CASE("a journal that may not be written is not opened") {
  const own_folder folder;
  {
    bus::journal_store store(folder.journal(), quick());
    append(store, 1, 1);
  }
  CHECK(code_without_root(folder, [&] {
          std::filesystem::permissions(folder.journal(), std::filesystem::perms(0400));
          bus::journal_store store(folder.journal(), quick());
        }) == "journal_read_only");
}

TEST_CASE("a read-only file system gives no journal") {
  const own_folder folder;
  {
    bus::journal_store store(folder.journal(), quick());
    append(store, 1, 1);
  }
  const auto told = in_child([&]() -> std::string {
    if (unshare(geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) != 0) return "skip";
    mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
    const auto* path = folder.path().c_str();
    if (mount(path, path, nullptr, MS_BIND, nullptr) != 0 ||
        mount(nullptr, path, nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) != 0)
      return "skip";
    return code_of([&] { bus::journal_store store(folder.journal(), quick()); });
  });
  if (told == "skip") {
    WARN("skipped: this user may not mount");
    return;
  }
  CHECK(told == "journal_read_only");
}

TEST_CASE("something else in the journal's place is refused and left alone") {
  const own_folder folder;
  SECTION("a folder") {
    std::filesystem::create_directory(folder.journal());
    CHECK(code_of([&] { bus::journal_store store(folder.journal(), quick()); }) ==
          "journal_unavailable");
  }
  SECTION("a symbolic link") {
    std::filesystem::create_symlink(folder.path() / "elsewhere", folder.journal());
    CHECK(code_of([&] { bus::journal_store store(folder.journal(), quick()); }) ==
          "journal_unavailable");
    CHECK_FALSE(std::filesystem::exists(folder.path() / "elsewhere"));
  }
  SECTION("a text") {
    std::ofstream(folder.journal()) << std::string(5000, 't');
    CHECK(code_of([&] { bus::journal_store store(folder.journal(), quick()); }) ==
          "journal_corrupt");
  }
  SECTION("a database of another program") {
    foreign_hand(folder.journal()).run("CREATE TABLE bookmarks (url)");
    CHECK(code_of([&] { bus::journal_store store(folder.journal(), quick()); }) ==
          "journal_corrupt");
    CHECK(foreign_hand(folder.journal()).rows("PRAGMA journal_mode") ==
          std::vector<std::string>{"delete"});
  }
  SECTION("a journal of a newer version") {
    { bus::journal_store store(folder.journal(), quick()); }
    foreign_hand(folder.journal()).run("PRAGMA user_version = 2");
    CHECK(code_of([&] { bus::journal_store store(folder.journal(), quick()); }) ==
          "journal_unavailable");
  }
  SECTION("a folder that nobody made") {
    CHECK(code_of([&] {
            bus::journal_store store(folder.path() / "missing" / "too" / "journal.db");
          }) == "journal_unavailable");
  }
}

TEST_CASE("a journal that others could read is closed to them") {
  const own_folder folder;
  { bus::journal_store store(folder.journal(), quick()); }
  std::filesystem::permissions(folder.journal(), std::filesystem::perms(0644));
  const bus::journal_store store(folder.journal(), quick());
  CHECK(std::filesystem::status(folder.journal()).permissions() == std::filesystem::perms(0600));
}

TEST_CASE("a journal whose files disappear takes no record that would be lost", "[FR-026-011]") {
  const own_folder folder;
  bus::journal_store store(folder.journal(), quick());
  append(store, 1, 1);
  const auto suffix = GENERATE(as<std::string>{}, "", "-wal", "-shm");
  std::filesystem::remove(folder.journal().string() + suffix);
  CHECK(code_of([&] { append(store, 2, 1); }) == "journal_unavailable");
  CHECK(store.last_sequence() == 1);
}
