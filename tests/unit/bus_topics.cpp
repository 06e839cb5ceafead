#include "bus/methods.hpp"
#include "bus/router/subscription.hpp"
#include "bus/topics.hpp"
#include "messages/shares.hpp"
#include "tests/support/catch.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

using namespace termlease;
using namespace termlease::bus;
using namespace termlease::messages;

namespace {

record record_of(const std::string& share, const std::string& terminal) {
  record news;
  news.share_id = share;
  news.terminal_id = terminal;
  return news;
}

std::string code_of(const subscribe& wanted) {
  try {
    const subscription made(wanted);
  } catch (const failed& why) {
    return why.why().code;
  }
  return "none";
}

} // namespace

TEST_CASE("a star is exactly one token, and > is one or more at the end") {
  CHECK(matches("share.*", "share.denied"));
  CHECK_FALSE(matches("share.*", "share.session.started"));
  CHECK_FALSE(matches("share.*", "share"));
  CHECK(matches("share.*.started", "share.session.started"));
  CHECK(matches("share.>", "share.session.started"));
  CHECK(matches("share.>", "share.denied"));
  CHECK_FALSE(matches("share.>", "share"));
  CHECK_FALSE(matches("share.>", "shares.denied"));
  CHECK(matches(">", "terminal.closed"));
  CHECK(matches("*.*", "terminal.closed"));
  CHECK_FALSE(matches("*", "terminal.closed"));
  CHECK(matches("terminal.closed", "terminal.closed"));
  CHECK_FALSE(matches("terminal.closed", "terminal.close"));
  CHECK_FALSE(matches("terminal.closed.now", "terminal.closed"));
}

TEST_CASE("topics and patterns of other forms are refused") {
  for (const auto* good : {"a", "a.b", "share.session.started", "a-b_c.D9"}) {
    CHECK(is_topic(good));
    CHECK(is_pattern(good));
  }
  for (const auto* good : {"*", ">", "a.*", "*.b", "a.>", "*.>"}) {
    CHECK_FALSE(is_topic(good));
    CHECK(is_pattern(good));
  }
  for (const auto* bad :
       {"", ".", "a.", ".a", "a..b", ">.a", "a.>.b", "a b", "a.b*", "a>", "**", "\n"})
    CHECK_FALSE(is_pattern(bad));
  CHECK(is_pattern(std::string(max_topic_length, 'a')));
  CHECK_FALSE(is_pattern(std::string(max_topic_length + 1, 'a')));
}

TEST_CASE("a subscription wants what its patterns and ids name, all without any") {
  const auto news = record_of("s1", "t1");
  CHECK(subscription({}).wants("share.denied", news));
  CHECK(subscription({{"terminal.>", "share.*"}, 0, {}, {}, true}).wants("share.denied", news));
  CHECK_FALSE(subscription({{"terminal.>"}, 0, {}, {}, true}).wants("share.denied", news));
  CHECK(subscription({{}, 0, "s1", {}, true}).wants("share.denied", news));
  CHECK_FALSE(subscription({{}, 0, "s2", {}, true}).wants("share.denied", news));
  CHECK(subscription({{}, 0, {}, "t1", true}).wants("share.denied", news));
  CHECK_FALSE(subscription({{}, 0, "s1", "t2", true}).wants("share.denied", news));
}

TEST_CASE("a hostile subscription is refused") {
  subscribe wanted;
  wanted.topics = {"share.>", "a..b"};
  CHECK(code_of(wanted) == "bad_pattern");
  wanted.topics.assign(max_patterns, "a");
  CHECK(code_of(wanted) == "none");
  wanted.topics.emplace_back("a");
  CHECK(code_of(wanted) == "bad_pattern");
}

TEST_CASE("every method is found by its name, and nothing else is") {
  REQUIRE(methods().size() > 20);
  CHECK(std::is_sorted(methods().begin(), methods().end(),
                       [](const auto& a, const auto& b) { return a.name < b.name; }));
  for (const auto& each : methods()) {
    CHECK(find_method(each.name) == &each);
    CHECK_FALSE(each.doc.empty());
    CHECK(is_topic(each.name));
  }
  for (const auto* name : {"", "share", "share.start ", "zzz", "share.starts"})
    CHECK(find_method(name) == nullptr);
}

TEST_CASE("what changes who may do what is for the operator alone", "[FR-026-002]") {
  const std::set<std::string_view> only{"terminal.spawn", "terminal.adopt", "terminal.close",
                                        "token.create",   "token.list",     "token.revoke",
                                        "audit.query",    "audit.verify",   "runtime.stop",
                                        "runtime.tree",   "chaos.crash"};
  for (const auto& each : methods()) {
    INFO(each.name);
    CHECK((each.who == audience::operator_only) == only.contains(each.name));
  }
}

TEST_CASE("introspection lists every method with its payload, and every topic") {
  const auto all = introspection();
  std::set<std::string> described;
  for (const auto& each : all["methods"]) {
    described.insert(each["method"].get<std::string>());
    CHECK(each["payload"].is_object());
    CHECK_FALSE(each["doc"].get<std::string>().empty());
  }
  for (const auto& each : methods()) CHECK(described.contains(std::string(each.name)));
  CHECK(described.size() == methods().size());
  std::set<std::string> topics;
  for (const auto& each : all["topics"]) {
    const auto topic = each["topic"].get<std::string>();
    CHECK(is_topic(topic));
    CHECK(topics.insert(topic).second);
  }
  for (const auto* parity : {"share.session.started", "share.session.stopped", "approval.requested",
                             "approval.resolved", "audit.recorded", "bus.gap", "terminal.spawned"})
    CHECK(topics.contains(parity));
  for (const auto* parity :
       {"share.upterm.start", "share.upterm.stop", "approval.request.resolve", "terminal.spawn"})
    CHECK(described.contains(parity));
}

TEST_CASE("the protocol's page names every method") {
  std::ifstream file(TERMLEASE_SOURCE_DIR "/docs/protocol.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  REQUIRE_FALSE(page.empty());
  for (const auto& each : methods()) {
    INFO(each.name);
    CHECK(page.find(std::string(each.name)) != std::string::npos);
  }
}

TEST_CASE("an alias with the backend in its name asks for that backend", "[FR-026-001]") {
  const auto* alias = find_method("share.upterm.start");
  REQUIRE(alias != nullptr);
  const auto message = alias->decode({}, {{"terminal", "demo"}, {"backend", "tmate"}});
  REQUIRE(message.match_elements<caller, start_share>());
  CHECK(message.get_as<start_share>(1).backend == "upterm");
  CHECK_THROWS_AS(alias->decode({}, json::array()), failed);
  CHECK_THROWS_AS(alias->decode({}, {{"ttl", "0x5"}}), failed);
}
