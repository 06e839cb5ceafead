#include "bus/identity/token.hpp"
#include "bus/identity/uuid.hpp"
#include "tests/support/catch.hpp"

#include <limits>
#include <set>

using namespace termlease;

TEST_CASE("an id is a UUIDv7 that carries its time") {
  bus::id_source ids(1);
  const auto id = ids.next({0x0190163d8694});
  REQUIRE(id.size() == 36);
  CHECK(id.substr(0, 15) == "0190163d-8694-7");
  CHECK(id[18] == '-');
  CHECK(std::string("89ab").find(id[19]) != std::string::npos);
  CHECK(id[23] == '-');
  CHECK(id.find_first_not_of("0123456789abcdef-") == std::string::npos);
}

TEST_CASE("the same seed gives the same ids, another seed gives others") {
  bus::id_source one(7);
  bus::id_source same(7);
  bus::id_source other(8);
  std::set<std::string> all;
  for (std::int64_t ms = 1'700'000'000'000; ms < 1'700'000'000'100; ++ms) {
    const auto id = one.next({ms / 3});
    CHECK(id == same.next({ms / 3}));
    all.insert(id);
    all.insert(other.next({ms / 3}));
  }
  CHECK(all.size() == 200);
}

TEST_CASE("ids rise within a millisecond, while the clock stands and when it runs backwards") {
  bus::id_source ids(42);
  std::string before;
  for (int i = 0; i < 200'000; ++i) {
    const std::int64_t back = i % 1000 == 999 ? 5000 : 0;
    auto id = ids.next({1'700'000'000'000 + i / 5000 - back});
    if (id <= before) FAIL(before << " is followed by " << id);
    before = std::move(id);
  }
}

TEST_CASE("an impossible time still gives an id") {
  bus::id_source ids(3);
  CHECK(ids.next({-5}).starts_with("00000000-0000-7"));
  CHECK(ids.next({std::numeric_limits<std::int64_t>::max()}).starts_with("ffffffff-ffff-7"));
  CHECK(bus::system_seed() != bus::system_seed());
}

TEST_CASE("a token has one form and enough randomness to never come twice") {
  std::set<std::string> all;
  for (int i = 0; i < 100; ++i) {
    const auto token = bus::new_token();
    CHECK(bus::looks_like_token(token));
    CHECK(token.size() == 47);
    all.insert(token);
  }
  CHECK(all.size() == 100);
  CHECK(bus::token_text({}) == "tlt_" + std::string(43, 'A'));
  for (const auto* text :
       {"", "tlt_", "tlt_short", "xxx_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "tlt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "tlt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
    CHECK_FALSE(bus::looks_like_token(text));
}

TEST_CASE("a token matches its own hash alone") {
  const auto token = bus::new_token();
  const auto hash = bus::token_hash(token);
  CHECK(hash.size() == 64);
  CHECK(hash.find(token) == std::string::npos);
  CHECK(bus::token_matches(token, hash));
  CHECK_FALSE(bus::token_matches(bus::new_token(), hash));
  CHECK_FALSE(bus::token_matches(token, hash.substr(1)));
  CHECK_FALSE(bus::token_matches(token, ""));
  CHECK_FALSE(bus::token_matches("", hash));
}
