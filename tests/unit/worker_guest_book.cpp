#include "tests/support/catch.hpp"
#include "tools/worker/guest_book.hpp"

using namespace termlease::worker;
using namespace std::chrono_literals;

namespace {

const guest_book::time_point t0{};

connection from(const std::string& id, const std::string& key) {
  return {id, "SHA256:" + key, "127.0.0.1:" + id};
}

std::string found(guest_book& book, guest_book::time_point arrived, guest_book::time_point now) {
  const auto result = book.find(arrived, now);
  switch (result.outcome) {
  case verdict::matched:
    return result.who.id;
  case verdict::wait:
    return "wait";
  case verdict::ambiguous:
    return "ambiguous";
  case verdict::unknown:
    break;
  }
  return "unknown";
}

} // namespace

TEST_CASE("a guest program belongs to the connection that just joined") {
  guest_book book;
  book.saw({from("1", "anna")}, t0);
  CHECK(found(book, t0 + 5ms, t0 + 6ms) == "1");
  book.saw({from("1", "anna"), from("2", "ben")}, t0 + 50ms);
  CHECK(found(book, t0 + 55ms, t0 + 56ms) == "2");
}

TEST_CASE("guests that come at once are matched in the order of joining") {
  guest_book book;
  book.saw({from("1", "anna"), from("2", "ben"), from("3", "carl")}, t0);
  CHECK(found(book, t0 + 5ms, t0 + 9ms) == "1");
  CHECK(found(book, t0 + 6ms, t0 + 9ms) == "2");
  CHECK(found(book, t0 + 7ms, t0 + 9ms) == "3");
}

TEST_CASE("a connection that opened no session does not lend its name to a later guest") {
  guest_book book;
  book.saw({from("1", "idle")}, t0);
  book.saw({from("1", "idle"), from("2", "ben")}, t0 + 10s);
  CHECK(found(book, t0 + 10s, t0 + 10s) == "2");
}

TEST_CASE("a further session of a shared connection is matched with it after a short wait") {
  guest_book book;
  book.saw({from("1", "anna")}, t0);
  CHECK(found(book, t0, t0) == "1");
  CHECK(found(book, t0 + 20s, t0 + 20s) == "wait");
  CHECK(found(book, t0 + 20s, t0 + 20s + 100ms) == "1");
}

TEST_CASE("a further session is refused where it could be one of two people's") {
  guest_book book;
  book.saw({from("1", "anna"), from("2", "ben")}, t0);
  CHECK(found(book, t0, t0) == "1");
  CHECK(found(book, t0, t0) == "2");
  CHECK(found(book, t0 + 20s, t0 + 21s) == "ambiguous");
}

TEST_CASE("a guest program whose connection never shows is refused at the deadline") {
  guest_book book;
  CHECK(found(book, t0, t0) == "wait");
  CHECK(found(book, t0, t0 + 2999ms) == "wait");
  CHECK(found(book, t0, t0 + 3000ms) == "unknown");
}

TEST_CASE("a connection that is listed late still finds its program") {
  guest_book book;
  CHECK(found(book, t0, t0 + 500ms) == "wait");
  book.saw({from("1", "anna")}, t0 + 600ms);
  CHECK(found(book, t0, t0 + 600ms) == "1");
}

TEST_CASE("the book remembers a bounded number of connections") {
  match_limits limits;
  limits.remembered = 2;
  guest_book book(limits);
  book.saw({from("1", "a"), from("2", "a"), from("3", "a")}, t0);
  CHECK(found(book, t0, t0) == "2");
  CHECK(found(book, t0, t0) == "3");
  CHECK(book.matched().size() == 2);
}
