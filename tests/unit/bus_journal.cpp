#include "bus/journal/journal.hpp"
#include "messages/answer.hpp"
#include "messages/identity.hpp"
#include "messages/runtime.hpp"
#include "tests/support/catch.hpp"
#include "tools/scenario/simulation/simulated_disk.hpp"
#include "tools/scenario/simulation/virtual_time.hpp"

#include <memory>

using namespace termlease;
using namespace termlease::messages;

namespace {

record of(const std::string& topic, const std::string& metadata = "{}") {
  record news;
  news.event_type = topic;
  news.metadata.text = metadata;
  return news;
}

/// The journal between its disk and a router that only listens.
struct bench {
  explicit bench(bus::journal_options options = {}) {
    disk_address = disk.spawn_in(time.system());
    listener = time.system().spawn([this]() -> caf::behavior {
      return {[this](const publish& news) {
        for (const auto& each : news.records) order.push_back("published " + each.event_type);
        published.insert(published.end(), news.records.begin(), news.records.end());
      }};
    });
    options.durable = [this](const record& each) { order.push_back("durable " + each.event_type); };
    journal = time.system().spawn(bus::journal, disk_address, disk_address, listener, options);
  }

  ~bench() {
    for (const auto& each : {journal, listener, disk_address})
      caf::anon_send_exit(each, caf::exit_reason::kill);
    time.settle();
  }

  /// Asks, and keeps the answer at the place that is returned.
  template <class Result, class... Words>
  std::shared_ptr<std::optional<Result>> ask(Words... words) {
    auto place = std::make_shared<std::optional<Result>>();
    auto target = journal;
    time.system().spawn([=](caf::event_based_actor* self) {
      self->request(target, caf::infinite, words...).then([=](const Result& got) { *place = got; });
    });
    return place;
  }

  std::shared_ptr<std::optional<recorded>> add(std::vector<record> records) {
    return ask<recorded>(append{std::move(records)});
  }

  void keep_record(const record& news) { caf::anon_send(journal, keep{{news}}); }

  scenario::virtual_time time;
  scenario::simulated_disk disk;
  caf::actor disk_address;
  caf::actor listener;
  caf::actor journal;
  std::vector<record> published;
  std::vector<std::string> order;
};

} // namespace

TEST_CASE("what is acknowledged is durable, and only then published", "[FR-026-011]") {
  bench b;
  b.disk.hold();
  const auto reply = b.add({of("a"), of("b")});
  b.time.settle();
  CHECK_FALSE(reply->has_value());
  CHECK(b.published.empty());
  b.disk.release();
  b.time.settle();
  REQUIRE(reply->has_value());
  CHECK((*reply)->last == 2);
  CHECK_FALSE((*reply)->problem);
  CHECK(b.order ==
        std::vector<std::string>{"durable a", "durable b", "published a", "published b"});
  CHECK(b.published.at(0).sequence == 1);
  CHECK(b.published.at(1).sequence == 2);
}

TEST_CASE("records that arrive while one commit is under way share the next one") {
  bench b;
  b.disk.hold();
  std::vector<std::shared_ptr<std::optional<recorded>>> replies;
  for (int i = 0; i < 10; ++i) replies.push_back(b.add({of("a")}));
  b.time.settle();
  b.disk.release();
  b.time.settle();
  CHECK(b.disk.commits == 2);
  for (std::size_t i = 0; i < replies.size(); ++i) {
    REQUIRE(replies[i]->has_value());
    CHECK((*replies[i])->last == i + 1);
  }
}

TEST_CASE("a unit of records is never torn over two commits") {
  bus::journal_options options;
  options.batch_limit = 4;
  bench b(options);
  b.disk.hold();
  b.add({of("first")});
  b.time.settle();
  b.add({of("a"), of("a"), of("a")});
  b.add({of("b"), of("b")});
  b.add({of("c"), of("c"), of("c"), of("c"), of("c"), of("c")});
  b.time.settle();
  b.disk.release();
  b.time.settle();
  CHECK(b.disk.commits == 4);
  CHECK(b.disk.records.size() == 12);
}

TEST_CASE("what can't be written is refused with the reason and never published", "[FR-026-011]") {
  bench b;
  b.disk.problem = {"journal_full", "no space", "make some", true};
  const auto reply = b.add({of("a")});
  b.time.settle();
  REQUIRE(reply->has_value());
  CHECK((*reply)->problem.code == "journal_full");
  CHECK(b.published.empty());
  b.disk.problem = {};
  const auto later = b.add({of("b")});
  b.time.settle();
  CHECK((*later)->last == 1);
}

TEST_CASE("what has happened is kept until the disk takes it, in its order", "[FR-026-011]") {
  bench b;
  b.disk.problem = {"journal_full", "no space", "make some", true};
  b.keep_record(of("first"));
  b.keep_record(of("second"));
  const auto asked = b.add({of("asked")});
  b.time.settle();
  b.time.advance(seconds(5));
  CHECK(b.disk.records.empty());
  REQUIRE(asked->has_value());
  CHECK((*asked)->problem.code == "journal_full");
  b.disk.problem = {};
  b.time.advance(seconds(2));
  REQUIRE(b.disk.records.size() == 2);
  CHECK(b.disk.records[0].event_type == "first");
  CHECK(b.disk.records[1].event_type == "second");
}

TEST_CASE("a record that can never be written holds up nobody else's", "[FR-026-011]") {
  bench b;
  b.disk.refuses = [](const record& each) { return each.event_type == "poison"; };
  b.disk.hold();
  b.add({of("first")});
  b.time.settle();
  b.keep_record(of("before"));
  b.keep_record(of("poison"));
  const auto good = b.add({of("good")});
  b.time.settle(); // who asks is an actor, and asks when its turn comes
  const auto bad = b.add({of("poison")});
  b.time.settle();
  b.keep_record(of("after"));
  b.time.settle();
  b.disk.release();
  b.time.advance(seconds(10));
  REQUIRE(good->has_value());
  CHECK_FALSE((*good)->problem);
  REQUIRE(bad->has_value());
  CHECK((*bad)->problem.code == "bad_record");
  std::vector<std::string> written;
  for (const auto& each : b.disk.records) written.push_back(each.event_type);
  CHECK(written == std::vector<std::string>{"first", "before", "good", "after"});
}

TEST_CASE("too much that waits for the disk is refused at once") {
  bus::journal_options options;
  options.pending_limit = 3;
  bench b(options);
  b.disk.hold();
  b.add({of("under way")});
  b.time.settle();
  b.add({of("a"), of("a"), of("a")});
  const auto reply = b.add({of("b")});
  b.time.settle();
  REQUIRE(reply->has_value());
  CHECK((*reply)->problem.code == "journal_busy");
  CHECK((*reply)->problem.retryable);
}

TEST_CASE("a storage that dies is a failure like any other") {
  bench b;
  caf::anon_send_exit(b.disk_address, caf::exit_reason::kill);
  b.time.settle();
  const auto reply = b.add({of("a")});
  b.time.settle();
  REQUIRE(reply->has_value());
  CHECK((*reply)->problem.code == "journal_unavailable");
}

TEST_CASE("the journal is read in parts that say whether there is more", "[FR-026-011]") {
  bench b;
  for (int i = 0; i < 5; ++i) {
    auto news = of("a");
    news.share_id = i % 2 == 0 ? "even" : "odd";
    b.add({news});
  }
  b.time.settle();
  const auto part = [&](const query_audit& query) {
    const auto reply = b.ask<answer>(caller{}, query);
    b.time.settle();
    return decoded<record_list>(json::parse((*reply)->result.text));
  };
  const auto first = part({{}, {}, 1, 2});
  CHECK(first.records.size() == 2);
  CHECK(first.more);
  const auto rest = part({{}, {}, 3, 10});
  CHECK(rest.records.size() == 3);
  CHECK_FALSE(rest.more);
  CHECK(part({"odd", {}, 1, 10}).records.size() == 2);
  CHECK(part({{}, {}, 1, 0}).records.size() == 1);
  b.disk.problem = {"journal_corrupt", "odd", "look", false};
  const auto failing = b.ask<answer>(caller{}, query_audit{});
  b.time.settle();
  CHECK((*failing)->error.code == "journal_corrupt");
}

TEST_CASE("a check of the chain is held against what the writer wrote last") {
  bench b;
  b.add({of("a"), of("b")});
  const auto reply = b.ask<answer>(caller{}, verify_audit{});
  b.time.settle();
  REQUIRE(reply->has_value());
  CHECK(decoded<chain_report>(json::parse((*reply)->result.text)).valid);
}
