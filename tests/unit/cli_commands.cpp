#include "messages/approvals.hpp"
#include "messages/runtime.hpp"
#include "messages/shares.hpp"
#include "messages/terminals.hpp"
#include "messages/tokens.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/cli_fake_runtime.hpp"
#include "tools/termlease/local/public_key.hpp"
#include "tools/termlease/output/times.hpp"

#include <fstream>

using namespace termlease::messages;
using cli_test::fake_runtime;
using cli_test::run;
using termlease::cli::now;

namespace {

constexpr const char* id = "0190163d-8694-739b-aea5-966c26f8ad91";
constexpr const char* link_text = "ssh token:host=@127.0.0.1 -p 4000";

share_view share(share_state state = share_state::active) {
  share_view made;
  made.share_id = id;
  made.terminal_id = "t1";
  made.terminal_name = "demo";
  made.backend = "upterm";
  made.state = state;
  made.created_at = now();
  made.expires_at = now() + minutes(10);
  made.requested_by = "operator";
  made.guests.push_back({"g1", guest_state::in, share_mode::ro, "SHA256:abc", "ann@home",
                         "127.0.0.1", now() - minutes(1)});
  return made;
}

approval_view approval() {
  approval_view made;
  made.approval_id = "0190163d-8694-739b-aea5-00000000beef";
  made.action = "share.start";
  made.terminal_name = "demo";
  made.requested_by = "agent:bot";
  made.reason = "help\x1b[2J";
  made.ttl = minutes(30);
  made.stages.push_back({"agents-ask", {"operator"}, 2, minutes(10), {}});
  made.deadline = now() + minutes(10);
  return made;
}

terminal_view terminal(const std::string& name) {
  terminal_view made;
  made.terminal_id = "terminal-of-" + name;
  made.name = name;
  made.tmux_socket = "/run/x.sock";
  made.pane = "%4";
  made.created_at = now();
  return made;
}

/// Answers with a value, whatever is asked.
template <class T> fake_runtime::answer always(const T& value) {
  return [encoded = encode(value)](const json&) { return encoded; };
}

fake_runtime::answer failure_with(const char* code, const char* hint = "") {
  return [code, hint](const json&) {
    return json{
        {"error", {{"code", code}, {"message", "it says no\x1b"}, {"details", {{"hint", hint}}}}}};
  };
}

} // namespace

TEST_CASE(
    "share prints the link alone on stdout, and says beside it who may use it and until when") {
  auto shared = share();
  shared.link.text = link_text;
  const fake_runtime runtime({{"share.start", always(shared)}});
  const auto file = runtime.home.folder() / "guest.pub";
  const auto key = termlease::cli::make_key_pair("ann").open;
  std::ofstream(file) << key.line << '\n';
  const auto got = run(
      {"share", "demo", "--ttl", "10m", "--warn", "0s", "--key", file.string(), "--reason", "r"});
  CHECK(got.code == 0);
  CHECK(got.out == std::string(link_text) + "\n");
  CHECK_THAT(got.err, ContainsSubstring("demo is shared, read-only, for 10m"));
  CHECK_THAT(got.err, ContainsSubstring(key.fingerprint + " ann"));
  CHECK_THAT(got.err, ContainsSubstring("termlease revoke 26f8ad91"));
  const auto asked = runtime.asked("share.start").at(0);
  CHECK(asked["keys"] == json::array({key.line}));
  CHECK(asked["ttl"] == "10m");
  CHECK(asked["warn"] == "0s");
  const auto quiet = run({"share", "demo", "--key", file.string(), "-q"});
  CHECK(quiet.out == std::string(link_text) + "\n");
  CHECK(quiet.err.empty());
  CHECK_FALSE(runtime.asked("share.start").at(1).contains("ttl"));
}

TEST_CASE("without a key one is made for the share, and its private half is shown this once") {
  auto shared = share();
  shared.link.text = link_text;
  const fake_runtime runtime({{"share.start", always(shared)}});
  const auto got = run({"share", "demo"});
  CHECK_THAT(got.out, Catch::Matchers::StartsWith(std::string(link_text) + "\n"));
  CHECK_THAT(got.out, ContainsSubstring("-----BEGIN OPENSSH PRIVATE KEY-----"));
  CHECK_THAT(got.err, ContainsSubstring("chmod 600"));
  const auto told = run({"share", "demo", "--json"});
  CHECK(told.err.empty());
  CHECK(told.value()["link"] == link_text);
  CHECK_THAT(told.value()["private_key"].get<std::string>(),
             Catch::Matchers::EndsWith("-----END OPENSSH PRIVATE KEY-----\n"));
  CHECK(told.value()["key_fingerprints"].size() == 1);
  const auto asked = runtime.asked("share.start");
  REQUIRE(asked.size() == 2);
  CHECK(asked[0]["keys"].size() == 1);
  CHECK(asked[0]["keys"] != asked[1]["keys"]);
}

TEST_CASE("a bad key is told before anything is asked") {
  const fake_runtime runtime({{"share.start", always(share())}});
  const auto got = run({"share", "demo", "--key", "/nonexistent.pub", "--json"});
  CHECK(got.code == 1);
  CHECK(got.value()["error"]["code"] == "no_key_file");
  CHECK(runtime.asked("share.start").empty());
}

TEST_CASE("a denial has code 3 and says how to find out why") {
  const fake_runtime runtime({{"share.start", failure_with("denied")}});
  const auto got = run({"share", "demo", "--mode", "rw", "--ttl", "2h"});
  CHECK(got.code == 3);
  CHECK(got.out.empty());
  CHECK_THAT(got.err, ContainsSubstring("it says no\\x1b (denied)"));
  CHECK_THAT(got.err, ContainsSubstring("termlease policy explain share demo --mode rw --ttl 2h"));
  const fake_runtime other({{"share.start", always(share(share_state::denied))}});
  CHECK(run({"share", "demo"}).code == 3);
}

TEST_CASE("an approval that does not come in time has code 4 and says how to get the link later") {
  const fake_runtime runtime({{"share.start", always(share(share_state::awaiting_approval))}});
  const auto got = run({"share", "demo", "--wait", "0s"});
  CHECK(got.code == 4);
  CHECK_THAT(got.err, ContainsSubstring("termlease show 26f8ad91 --links"));
  CHECK_THAT(got.out, ContainsSubstring("PRIVATE KEY")); // it would be lost otherwise
  const auto told = run({"share", "demo", "--wait", "0s", "--json"});
  CHECK(told.code == 4);
  CHECK(told.value()["state"] == "awaiting_approval");
  CHECK(told.value()["error"]["code"] == "timed_out");
}

TEST_CASE("while a share waits, for whom it waits is said") {
  const fake_runtime* there = nullptr;
  const fake_runtime runtime({{"share.start",
                               [&](const json&) {
                                 // Answered only once the other connection has asked for whom this
                                 // one waits.
                                 while (there->asked("approval.list").empty())
                                   std::this_thread::yield();
                                 return encode(share());
                               }},
                              {"bus.subscribe", [](const json&) { return json::object(); }},
                              {"approval.list", [&](const json&) {
                                 auto mine = approval();
                                 mine.correlation_id = there->correlation();
                                 return encode(approval_list{{approval(), mine}});
                               }}});
  there = &runtime;
  const auto got = run({"share", "demo"});
  CHECK(got.code == 0);
  CHECK_THAT(got.err,
             ContainsSubstring("waiting for approval 0000beef by operator (2 have to agree)"));
  CHECK_THAT(got.err, ContainsSubstring("termlease approve 0000beef"));
}

TEST_CASE("lists show short ids, states and what is left, as a table or as JSON") {
  auto ended = share(share_state::ended);
  ended.end_reason = end_reason::revoked;
  ended.guests.clear();
  const fake_runtime runtime(
      {{"share.list", always(share_list{{share(), ended}})},
       {"share.show", always(share())},
       {"terminal.list", always(terminal_list{{terminal("demo")}})},
       {"approval.list", always(approval_list{{approval()}})},
       {"token.list", always(token_list{{{"bot", identity_kind::agent, now(), {}}}})}});
  const auto shares = run({"shares", "--all"});
  CHECK_THAT(shares.out, ContainsSubstring("26f8ad91  demo      active"));
  CHECK_THAT(shares.out, ContainsSubstring("ended: revoked"));
  CHECK_THAT(shares.out, ContainsSubstring("10m"));
  CHECK_THAT(shares.out, !ContainsSubstring("LINK"));
  CHECK_THAT(shares.out, !ContainsSubstring("\x1b"));
  CHECK_THAT(run({"shares"}, true).out, !ContainsSubstring("\t"));
  CHECK(runtime.asked("share.list").at(0)["all"] == true);
  CHECK(run({"shares", "--json"}).value()[0]["share_id"] == id);
  CHECK_THAT(run({"show", "26f8ad91"}).out, ContainsSubstring("SHA256:abc"));
  CHECK(run({"show", "26f8ad91", "--links", "--json"}).value()["state"] == "active");
  CHECK(runtime.asked("share.show").at(1)["links"] == true);
  CHECK_THAT(run({"terminals"}).out, ContainsSubstring("demo  open"));
  const auto approvals = run({"approvals"});
  CHECK_THAT(approvals.out, ContainsSubstring("help\\x1b[2J"));
  CHECK_THAT(approvals.out, ContainsSubstring("0 of 2 from operator"));
  CHECK_THAT(run({"tokens"}).out, ContainsSubstring("bot   agent  good"));
  CHECK(run({"complete-names", "shares"}).out == "26f8ad91\n26f8ad91\n");
  CHECK(run({"complete-names", "terminals"}).out == "demo\n");
  CHECK(run({"complete-names", "approvals"}).out == "0000beef\n");
  CHECK(run({"complete-names", "tokens"}).out == "bot\n");
}

TEST_CASE("an empty list is an empty array, and on stderr a word about what to do") {
  const fake_runtime runtime({{"share.list", always(share_list{})}});
  CHECK(run({"shares", "--json"}).value() == json::array());
  const auto told = run({"shares"});
  CHECK(told.out.empty());
  CHECK_THAT(told.err, ContainsSubstring("termlease share TERMINAL"));
}

TEST_CASE("a folder that is not there is named before anything is asked for") {
  const fake_runtime runtime({{"terminal.spawn", always(terminal_view{})}});
  const auto told = run({"terminal", "new", "demo", "--cd", "/no/such/folder"});
  CHECK(told.code == 1);
  CHECK_THAT(told.err, ContainsSubstring("can't start in /no/such/folder: No such file"));
  CHECK_THAT(told.err, ContainsSubstring("bad_folder") && ContainsSubstring("next:"));
  CHECK(runtime.asked("terminal.spawn").empty());
}

TEST_CASE("what is done is said in a line, or as the object with --json") {
  auto over = share(share_state::ended);
  over.end_reason = end_reason::revoked;
  const fake_runtime runtime(
      {{"share.revoke", always(over)},
       {"share.stop", always(over)},
       {"share.extend", always(share())},
       {"terminal.spawn", always(terminal("demo"))},
       {"terminal.adopt", always(terminal("work"))},
       {"terminal.close", always(terminal("demo"))},
       {"approval.request.resolve", always(approval())},
       {"token.create", always(new_token{{"bot", identity_kind::agent, now(), {}}, {"tlt_x"}})},
       {"token.revoke", always(token_view{"bot", identity_kind::agent, now(), now()})}});
  CHECK_THAT(run({"revoke", "26f8ad91", "--reason", "over"}).out, ContainsSubstring("is revoked"));
  CHECK(runtime.asked("share.revoke").at(0) == json{{"share", "26f8ad91"}, {"reason", "over"}});
  CHECK(run({"revoke", "26f8ad91", "--json"}).value()["end_reason"] == "revoked");
  CHECK_THAT(run({"stop", "26f8ad91"}).out, ContainsSubstring("is stopped"));
  CHECK_THAT(run({"extend", "26f8ad91", "15m"}).out, ContainsSubstring("ends in 10m"));
  CHECK(runtime.asked("share.extend").at(0)["by"] == "15m");
  CHECK_THAT(run({"terminal", "new", "demo", "--", "sh", "-c", "[x]"}).out,
             ContainsSubstring("terminal demo is open"));
  CHECK(runtime.asked("terminal.spawn").at(0)["command"] == json{"sh", "-c", "[x]"});
  CHECK(run({"terminal", "adopt", "work", "--tmux-session", "main", "--tmux-socket", "/s"}).code ==
        0);
  CHECK(runtime.asked("terminal.adopt").at(0)["tmux_socket"] == "/s");
  CHECK_THAT(run({"terminal", "close", "demo"}).out, ContainsSubstring("is closed"));
  CHECK_THAT(run({"approve", "beef"}).out, ContainsSubstring("others are still asked"));
  CHECK_THAT(run({"deny", "beef", "--json"}).out, ContainsSubstring("agent:bot"));
  CHECK(runtime.asked("approval.request.resolve").at(1)["decision"] == "deny");
  CHECK(run({"token", "create", "bot", "--kind", "agent"}).out == "tlt_x\n");
  CHECK(run({"token", "revoke", "bot", "-q"}).out.empty());
}

TEST_CASE("the record is read page by page, and its chain is checked") {
  record first;
  first.event_type = "share.denied";
  first.result = "denied";
  first.actor = {identity_kind::agent, "bot"};
  first.timestamp = now();
  first.sequence = 1;
  first.share_id = id;
  first.metadata.text = R"({"share":{"detail":"no rule"}})";
  record second = first;
  second.sequence = 2;
  const fake_runtime runtime(
      {{"audit.query",
        [&](const json& query) {
          return query["from"] == 1 ? encode(record_list{{first}, true})
                                    : encode(record_list{{second}, false});
        }},
       {"audit.verify", always(chain_report{false, 2, 2, "the hash differs", ""})}});
  const auto got = run({"audit", "--since", "2h"});
  CHECK(got.code == 0);
  CHECK_THAT(got.out, ContainsSubstring("share denied  agent:bot  26f8ad91  denied  no rule"));
  CHECK(run({"audit", "--json"}).value().size() == 2);
  CHECK(runtime.asked("audit.query").at(1)["from"] == 2);
  CHECK_FALSE(runtime.asked("audit.query").at(0)["since"].is_null());
  const auto verified = run({"audit", "verify"});
  CHECK(verified.code == 1);
  CHECK_THAT(verified.err, ContainsSubstring("first at sequence 2"));
}

TEST_CASE("the policy's answer is explained rule by rule") {
  policy_decision decision;
  decision.effect = policy_effect::require;
  decision.message = "an approval is needed";
  decision.stages.push_back({"r", {"operator"}, 1, minutes(10), {}});
  decision.explanation.push_back({"r", policy_effect::require, true, "all match"});
  const fake_runtime runtime({{"policy.explain", always(decision)}});
  const auto got = run({"policy", "explain", "share", "demo", "--mode", "rw", "--as", "agent:bot"});
  CHECK_THAT(got.out, ContainsSubstring("approval needed: an approval is needed"));
  CHECK_THAT(got.out, ContainsSubstring("asked: operator (1 within 10m), by rule r"));
  CHECK_THAT(got.out, ContainsSubstring("require  yes      all match"));
  const auto asked = runtime.asked("policy.explain").at(0);
  CHECK(asked["action"] == "share.start");
  CHECK(asked["mode"] == "rw");
  CHECK(asked["requester"] == "agent:bot");
}

TEST_CASE("a token is shown to the runtime before anything else, and a bad one is a denial") {
  const fake_runtime runtime(
      {{"client.authenticate", always(identity{identity_kind::agent, "bot"})},
       {"share.list", always(share_list{})}});
  ::setenv("TERMLEASE_TOKEN", "tlt_secret", 1);
  CHECK(run({"shares", "--json"}).code == 0);
  CHECK(runtime.asked("client.authenticate").at(0)["token"] == "tlt_secret");
  const fake_runtime refusing({{"client.authenticate", failure_with("bad_token")}});
  ::setenv("TERMLEASE_TOKEN", "tlt_wrong", 1);
  const auto got = run({"shares", "--json"});
  CHECK(got.code == 3);
  CHECK_THAT(got.out, !ContainsSubstring("tlt_wrong"));
  ::unsetenv("TERMLEASE_TOKEN");
}

TEST_CASE("status, methods and doctor tell what the runtime says of itself") {
  runtime_status status;
  status.version = "9.9";
  status.pid = 42;
  status.started_at = now() - minutes(2);
  status.policy_problem = "line 3";
  const json described{{"methods", {{{"method", "a.b"}, {"doc", "does"}, {"payload", {{"x", 1}}}}}},
                       {"topics", {{{"topic", "t.u"}, {"doc", "is"}, {"payload", {{"y", 1}}}}}}};
  const fake_runtime runtime({{"runtime.status", always(status)},
                              {"bus.describe", [&](const json&) { return described; }}});
  const auto told = run({"daemon", "--status"});
  CHECK(told.code == 0);
  CHECK_THAT(told.out, ContainsSubstring("line 3 (everything is denied)"));
  CHECK(run({"daemon", "--status", "--json"}).value()["running"] == true);
  CHECK_THAT(run({"methods"}).out, ContainsSubstring("a.b     does        x"));
  CHECK(run({"methods", "--json"}).value() == described);
  CHECK_THAT(run({"doctor"}).out, ContainsSubstring("runs since 2m ago, pid 42"));
  CHECK(run({"doctor", "--json"}).value()["findings"].size() > 5);
}

TEST_CASE("inside tmux the terminal around us is shared without being named") {
  auto here = terminal("here");
  here.pane = "%9";
  const fake_runtime runtime({{"terminal.list", always(terminal_list{{terminal("demo"), here}})},
                              {"share.start", always(share())}});
  CHECK(run({"share"}).code == 1); // outside of tmux
  ::setenv("TMUX", "/run/x.sock,1,0", 1);
  ::setenv("TMUX_PANE", "%9", 1);
  CHECK(run({"share"}).code == 0);
  CHECK(runtime.asked("share.start").at(0)["terminal"] == "terminal-of-here");
}
