#include "config/version.hpp"
#include "tests/support/catch.hpp"

using namespace termlease::config;

TEST_CASE("versions are found in what programs say, and compared by number") {
  CHECK(version_in("tmux 3.3a") == "3.3");
  CHECK(version_in("upterm version v0.24.0\n") == "0.24.0");
  CHECK(version_in("build 7, version 1.2.") == "1.2");
  CHECK(version_in("tmux master").empty());
  CHECK(is_recent_enough("3.3", "3.2"));
  CHECK(is_recent_enough("3.10", "3.9"));
  CHECK(is_recent_enough("0.20.0", "0.20"));
  CHECK(is_recent_enough("1", "0.20"));
  CHECK_FALSE(is_recent_enough("0.9.9", "0.20"));
  CHECK_FALSE(is_recent_enough("3", "3.2"));
}
