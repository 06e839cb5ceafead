#include "messages/approvals.hpp"
#include "messages/connections.hpp"
#include "messages/envelope.hpp"
#include "messages/mistake.hpp"
#include "messages/record.hpp"
#include "messages/runtime.hpp"
#include "messages/shares.hpp"
#include "messages/terminals.hpp"
#include "messages/worker_lines.hpp"
#include "tests/support/catch.hpp"

#include <limits>

using namespace termlease::messages;

namespace {

/// The code of the failure that `work` throws; "none" when it throws none.
template <class Work> std::string code_of(Work work) {
  try {
    work();
  } catch (const failed& why) {
    return why.why().code;
  }
  return "none";
}

template <class Message> std::string complaint(const json& from) {
  try {
    decoded<Message>(from);
  } catch (const failed& why) {
    return why.why().code + ": " + why.why().message;
  }
  return "none";
}

share_view full_share() {
  share_view share;
  share.share_id = "s1";
  share.terminal_name = "demo";
  share.mode = share_mode::rw;
  share.state = share_state::expiring;
  share.end_reason = end_reason::none;
  share.created_at = {1'700'000'000'123};
  share.rules = {"a", "b"};
  share.guests = {
      {"g1", guest_state::in, share_mode::ro, "SHA256:x", "ann", "10.0.0.1", {1'700'000'000'000}}};
  return share;
}

} // namespace

TEST_CASE("a length of time reads back as it was written") {
  for (const auto* text : {"0s", "1ms", "250ms", "1s", "90m", "1h30m", "2d", "1d1h1m1s1ms"})
    CHECK(parse_span(to_text(parse_span(text))) == parse_span(text));
  CHECK(parse_span("30m") == minutes(30));
  CHECK(parse_span("90s") == seconds(90));
  CHECK(parse_span("1h30m") == minutes(90));
  CHECK(to_text(minutes(90)) == "1h30m");
  CHECK(to_text(span{}) == "0s");
  CHECK(to_text(span{-5}) == "0s");
}

TEST_CASE("what is not a length of time is refused", "[FR-026-003]") {
  for (const auto* text :
       {"", "30", "-5m", "+5m", "5 m", "m", "5x", "5m5h", "5m5m", "1.5h", " 5m", "5m ", "5M",
        "1e3s", "9223372036854775807d", "99999999999999999999s", "9223372036854775807ms1ms"})
    CHECK(code_of([&] { parse_span(text); }) == "bad_duration");
}

TEST_CASE("a time is RFC 3339 in UTC and reads back to the millisecond") {
  const instant at{1'772'366'400'007};
  CHECK(to_text(at) == "2026-03-01T12:00:00.007Z");
  CHECK(parse_instant("2026-03-01T12:00:00.007Z") == at);
  CHECK(parse_instant("2026-03-01T12:00:00Z") == instant{1'772'366'400'000});
  CHECK(parse_instant("2024-02-29T23:59:59Z") + seconds(1) ==
        parse_instant("2024-03-01T00:00:00Z"));
  CHECK(at - instant{1'772'366'400'000} == span{7});
  CHECK_FALSE(instant{});
  for (const auto* text :
       {"", "now", "2026-03-01", "2026-03-01T12:00:00", "2026-03-01T12:00:00+01:00",
        "2026-03-01T12:00:00Zx", "2026-03-01 12:00:00Z"})
    CHECK(code_of([&] { parse_instant(text); }) == "bad_time");
}

TEST_CASE("every state and kind has a word of its own that reads back") {
  const auto check = [](auto sample) {
    std::vector<std::string_view> words;
    for (const auto& [value, word] : names_of(sample)) {
      CHECK(name_of(value) == word);
      CHECK(value_named<decltype(sample)>(word) == value);
      CHECK(std::count(words.begin(), words.end(), word) == 0);
      words.push_back(word);
    }
  };
  check(share_state{});
  check(end_reason{});
  check(share_mode{});
  check(approval_state{});
  check(verdict{});
  check(identity_kind{});
  check(envelope_type{});
  check(policy_effect{});
  check(terminal_state{});
  CHECK_FALSE(value_named<share_state>("open"));
  CHECK(name_of(static_cast<share_mode>(77)) == "unknown");
}

TEST_CASE("a message reads back from its own JSON") {
  const auto share = full_share();
  const auto wire = encode(share);
  CHECK(encode(decoded<share_view>(wire)) == wire);
  CHECK(wire["mode"] == "rw");
  CHECK(wire["state"] == "expiring");
  CHECK(wire["created_at"] == "2023-11-14T22:13:20.123Z");
  CHECK(wire["expires_at"].is_null());
  CHECK(wire["guests"][0]["guest_id"] == "g1");
}

TEST_CASE("the object of a share has the names that clients know") {
  const auto wire = encode(full_share());
  for (const auto* name :
       {"share_id", "terminal_id", "backend", "mode", "state", "end_reason", "created_at",
        "warns_at", "expires_at", "requested_by", "correlation_id"})
    CHECK(wire.contains(name));
  for (const auto* name : {"guest_id", "key_fingerprint", "address", "joined_at"})
    CHECK(wire["guests"][0].contains(name));
}

TEST_CASE("a secret is absent when empty, and a label never shows it") {
  auto share = full_share();
  CHECK_FALSE(encode(share).contains("link"));
  share.link = {"ssh secret@host"};
  CHECK(encode(share)["link"] == "ssh secret@host");
  CHECK(to_string(share.link).find("ssh") == std::string::npos);
  CHECK(to_string(secret{}) == "(none)");
}

TEST_CASE("an unknown key, a wrong type and an unknown word are each named") {
  CHECK_THAT(complaint<start_share>({{"terminals", "x"}}), ContainsSubstring("'terminals'"));
  CHECK_THAT(complaint<start_share>({{"terminal", 5}}), ContainsSubstring("'terminal'"));
  CHECK_THAT(complaint<start_share>({{"mode", "rwx"}}), ContainsSubstring("ro, rw"));
  CHECK_THAT(complaint<start_share>({{"mode", 1}}), ContainsSubstring("'mode'"));
  CHECK_THAT(complaint<start_share>({{"keys", "x"}}), ContainsSubstring("must be a list"));
  CHECK_THAT(complaint<start_share>({{"keys", {"x", 5}}}), ContainsSubstring("'keys[1]'"));
  CHECK_THAT(complaint<start_share>({{"ttl", 30}}), ContainsSubstring("'ttl'"));
  CHECK_THAT(complaint<start_share>({{"ttl", "-5m"}}), ContainsSubstring("bad_duration"));
  CHECK_THAT(complaint<start_share>(json::array()), ContainsSubstring("must be an object"));
  CHECK_THAT(complaint<query_audit>({{"limit", -1}}), ContainsSubstring("out of range"));
  CHECK_THAT(complaint<query_audit>({{"limit", 1.5}}), ContainsSubstring("whole number"));
  CHECK_THAT(complaint<query_audit>({{"from", "1"}}), ContainsSubstring("whole number"));
  CHECK_THAT(complaint<query_audit>({{"since", "noon"}}), ContainsSubstring("bad_time"));
  CHECK_THAT(complaint<query_audit>({{"since", 5}}), ContainsSubstring("'since'"));
  CHECK_THAT(complaint<list_shares>({{"all", "yes"}}), ContainsSubstring("true or false"));
  CHECK_THAT(complaint<envelope>({{"payload", {1, 2}}}), ContainsSubstring("'payload'"));
  CHECK_THAT(complaint<envelope>({{"actor", {{"kind", "operator"}, {"uid", 0}}}}),
             ContainsSubstring("'actor.uid'"));
}

TEST_CASE("what a message leaves out keeps its default") {
  const auto wanted = decoded<start_share>({{"terminal", "demo"}});
  CHECK(wanted.mode == share_mode::ro);
  CHECK(wanted.ttl == not_given);
  CHECK(wanted.wait == minutes(2));
  CHECK(decoded<subscribe>(json::object()).state);
}

TEST_CASE("JSON from outside is bounded in depth, wherever the brackets stand") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK(parse_json(nested(max_json_depth)).is_array());
  CHECK(code_of([&] { parse_json(nested(max_json_depth + 1)); }) == "bad_json");
  CHECK(code_of([&] { parse_json(std::string(1'000'000, '[')); }) == "bad_json");
  CHECK(parse_json("\"" + std::string(1000, '[') + "\\\"[\"").is_string());
  for (const auto* text : {"", "{", "nonsense", "{\"a\":1}x", "\xff\xfe"})
    CHECK(code_of([&] { parse_json(text); }) == "bad_json");
}

TEST_CASE("numbers fit their members or are refused") {
  constexpr auto largest = std::numeric_limits<std::uint64_t>::max();
  CHECK(decoded<query_audit>({{"limit", 4294967295U}}).limit == 4294967295U);
  CHECK_THAT(complaint<query_audit>({{"limit", 4294967296U}}), ContainsSubstring("out of range"));
  CHECK(decoded<query_audit>({{"from", largest}}).from == largest);
}

TEST_CASE("a line of the worker's protocol carries its type, and only known fields") {
  const auto line = encode_line(worker_lines::guest_joined{"g1", "SHA256:x", "::1", 7});
  CHECK(line.back() == '\n');
  CHECK(std::count(line.begin(), line.end(), '\n') == 1);
  auto [type, fields] = decode_line(line);
  CHECK(type == "guest_joined");
  CHECK(decoded<worker_lines::guest_joined>(fields).pid == 7);
  CHECK(decode_line(encode_line(worker_lines::problem{})).first == "failed");
  CHECK(code_of([] { decode_line("Segmentation fault"); }) == "bad_json");
  CHECK(code_of([] { decode_line("[]"); }) == "bad_line");
  CHECK(code_of([] { decode_line("{\"type\":5}"); }) == "bad_line");
  CHECK(code_of([] { decode_line("{}"); }) == "bad_line");
}

TEST_CASE("a line with bytes that are no UTF-8 is still a line") {
  const auto line = encode_line(worker_lines::end{"bye \xff\xfe"});
  CHECK_NOTHROW(decode_line(line));
}

TEST_CASE("an identity reads back from its text, and what is not understood may ask for nothing") {
  for (const identity& who :
       {identity{identity_kind::human, "ann"}, identity{identity_kind::agent, "a:b"}})
    CHECK(identity_from(to_text(who)) == who);
  CHECK(to_text(identity{identity_kind::operator_, "root"}) == "operator");
  CHECK(identity_from("operator").kind == identity_kind::operator_);
  CHECK(identity_from("god:root").kind == identity_kind::runtime);
  CHECK(identity_from("").kind == identity_kind::runtime);
}

TEST_CASE("a complaint about a file is written as editors read it") {
  file_mistake mistake{"p.toml", 3, 7, "rule[0].effect", "is wrong", "say allow"};
  CHECK(to_text(mistake) == "p.toml:3:7: rule[0].effect: is wrong (say allow)");
  mistake.line = 0;
  mistake.key = mistake.hint = "";
  CHECK(to_text(mistake) == "p.toml: is wrong");
}
