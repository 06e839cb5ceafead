#include "config/paths.hpp"
#include "messages/failure.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

#include <map>
#include <sys/stat.h>
#include <unistd.h>

using namespace termlease;
using namespace termlease::config;
namespace fs = std::filesystem;

namespace {

using variables = std::map<std::string, std::string>;

surroundings with(variables set, fs::path temporary = "/tmp") {
  return {[set = std::move(set)](const char* name) -> std::optional<std::string> {
            const auto found = set.find(name);
            if (found == set.end()) return std::nullopt;
            return found->second;
          },
          "/home/known", std::move(temporary), ::geteuid()};
}

std::string code_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const messages::failed& problem) {
    return problem.why().code;
  }
  return "none";
}

fs::perms mode_of(const fs::path& folder) {
  return fs::status(folder).permissions() & fs::perms::all;
}

} // namespace

TEST_CASE("folders follow the XDG variables") {
  tests::temporary_folder own;
  const auto found = find_paths(with({{"HOME", "/home/a"},
                                      {"XDG_CONFIG_HOME", "/c"},
                                      {"XDG_STATE_HOME", "/s"},
                                      {"XDG_CACHE_HOME", "/k"},
                                      {"XDG_RUNTIME_DIR", own.path().string()}}));
  CHECK(found.settings_file() == "/c/termlease/config.toml");
  CHECK(found.policy_file() == "/c/termlease/policy.toml");
  CHECK(found.journal() == "/s/termlease/journal.db");
  CHECK(found.cache == "/k/termlease");
  CHECK(found.bus_socket() == own.path() / "termlease/bus.sock");
  CHECK(found.tmux_socket() == own.path() / "termlease/tmux.sock");
  CHECK(found.shares() == own.path() / "termlease/shares");
}

TEST_CASE("folders have their XDG defaults below HOME, or below the home of the user database") {
  CHECK(find_paths(with({{"HOME", "/home/a"}})).settings_file() ==
        "/home/a/.config/termlease/config.toml");
  CHECK(find_paths(with({{"HOME", "/home/a"}})).state == "/home/a/.local/state/termlease");
  CHECK(find_paths(with({})).cache == "/home/known/.cache/termlease");
  CHECK(find_paths(with({{"HOME", "relative"}})).home == "/home/known");
}

TEST_CASE("relative XDG variables are ignored, as their rules say") {
  const auto found = find_paths(with({{"HOME", "/h"}, {"XDG_CONFIG_HOME", "c"}}));
  CHECK(found.config == "/h/.config/termlease");
}

TEST_CASE("without a runtime folder of one's own the sockets go below /tmp, by uid") {
  const auto uid = std::to_string(::geteuid());
  CHECK(find_paths(with({})).runtime == "/tmp/termlease-" + uid);
  CHECK(find_paths(with({{"XDG_RUNTIME_DIR", "/does/not/exist"}})).runtime ==
        "/tmp/termlease-" + uid);
  tests::temporary_folder own;
  auto other = with({{"XDG_RUNTIME_DIR", own.path().string()}});
  other.uid = ::geteuid() + 1;
  CHECK(find_paths(other).runtime == "/tmp/termlease-" + std::to_string(other.uid));
}

TEST_CASE("TERMLEASE_HOME moves every folder") {
  const auto found = find_paths(with({{"TERMLEASE_HOME", "/d/"}, {"XDG_CONFIG_HOME", "/c"}}));
  CHECK(found.config == "/d/config");
  CHECK(found.state == "/d/state");
  CHECK(found.runtime == "/d/run");
  CHECK(found.cache == "/d/cache");
  CHECK(code_of([] { find_paths(with({{"TERMLEASE_HOME", "d"}})); }) == "bad_home");
}

TEST_CASE("no home at all is an error that says so") {
  auto nowhere = with({});
  nowhere.home.clear();
  CHECK(code_of([&] { find_paths(nowhere); }) == "bad_home");
}

TEST_CASE("prepared folders can be entered by nobody else") {
  tests::temporary_folder base;
  const auto around = with({{"TERMLEASE_HOME", (base / "deep/er").string()}});
  const auto folders = find_paths(around);
  prepare(folders, around);
  prepare(folders, around);
  for (const auto& each :
       {folders.config, folders.state, folders.runtime, folders.cache, folders.shares()})
    CHECK(mode_of(each) == fs::perms::owner_all);
}

TEST_CASE("a runtime folder that others can enter, that is a link or no folder is refused") {
  tests::temporary_folder base;
  const auto around = with({{"HOME", (base / "h").string()}}, base.path());
  const auto folders = find_paths(around);
  REQUIRE(folders.runtime.parent_path() == base.path());

  SECTION("open to others") {
    fs::create_directory(folders.runtime);
    fs::permissions(folders.runtime, fs::perms::owner_all | fs::perms::group_exec);
  }
  SECTION("a link, even to a safe folder") {
    fs::create_directory(base / "mine");
    fs::permissions(base / "mine", fs::perms::owner_all);
    fs::create_symlink(base / "mine", folders.runtime);
  }
  SECTION("a file") {
    base.write(folders.runtime.filename().string(), "x");
  }
  CHECK(code_of([&] { prepare(folders, around); }) == "unsafe_folder");
}

TEST_CASE("a folder of another user is refused") {
  tests::temporary_folder base;
  auto around = with({{"TERMLEASE_HOME", (base / "t").string()}});
  const auto folders = find_paths(around);
  prepare(folders, around);
  around.uid = ::geteuid() + 1;
  CHECK(code_of([&] { prepare(folders, around); }) == "unsafe_folder");
}

TEST_CASE("settings may be looked at by others but not written") {
  tests::temporary_folder base;
  const auto around = with({{"TERMLEASE_HOME", (base / "t").string()}});
  const auto folders = find_paths(around);
  prepare(folders, around);
  fs::permissions(folders.config,
                  fs::perms::owner_all | fs::perms::group_read | fs::perms::others_read);
  prepare(folders, around);
  fs::permissions(folders.config, fs::perms::owner_all | fs::perms::group_write);
  CHECK(code_of([&] { prepare(folders, around); }) == "unsafe_folder");
}

TEST_CASE("settings may be a link to a folder that is kept elsewhere") {
  tests::temporary_folder base;
  const auto around = with({{"TERMLEASE_HOME", base.path().string()}});
  fs::create_directory(base / "dotfiles");
  fs::permissions(base / "dotfiles", fs::perms::owner_all);
  fs::create_symlink(base / "dotfiles", base / "config");
  CHECK(code_of([&] { prepare(find_paths(around), around); }) == "none");
}

TEST_CASE("a folder that can't be made is an error") {
  tests::temporary_folder base;
  const auto file = base.write("file", "");
  const auto around = with({{"TERMLEASE_HOME", (file / "below").string()}});
  CHECK(code_of([&] { prepare(find_paths(around), around); }) == "folder_failed");
}

TEST_CASE("a socket path that the system can't hold is refused before anything is made") {
  CHECK(code_of([] { check_socket_path("/" + std::string(longest_socket_path - 1, 'a')); }) ==
        "none");
  CHECK(code_of([] { check_socket_path("/" + std::string(longest_socket_path, 'a')); }) ==
        "socket_path_too_long");
  tests::temporary_folder base;
  const auto around = with({{"TERMLEASE_HOME", (base / std::string(90, 'x')).string()}});
  CHECK(code_of([&] { prepare(find_paths(around), around); }) == "socket_path_too_long");
  CHECK(fs::is_empty(base.path()));
}

TEST_CASE("this process has a home and its own uid") {
  const auto around = this_process();
  CHECK(around.uid == ::geteuid());
  CHECK(around.home.is_absolute());
  CHECK_FALSE(around.variable("TERMLEASE_NO_SUCH_VARIABLE"));
}
