#include "messages/runtime.hpp"
#include "messages/supervision.hpp"
#include "tests/support/catch.hpp"
#include "tools/scenario/simulation/world.hpp"

#include <limits>
#include <optional>

using namespace termlease;
using namespace termlease::messages;
using scenario::share_request;
using scenario::the_operator;
using scenario::world;

namespace {

/// A world where everything is allowed, with one terminal.
struct allowed {
  allowed() { open(); }

  void open() {
    machine->policy->replace(scenario::all_is_allowed);
    w.emplace(machine);
    w->open_terminal();
  }

  scenario::asked extend(const std::string& share, span by) {
    return w->ask(the_operator, extend_share{share, by, minutes(2)});
  }

  /// What the guests' status line says.
  worker_lines::status shown() {
    const auto lines = w->worker().heard<worker_lines::status>();
    return lines.empty() ? worker_lines::status{} : lines.back();
  }

  std::shared_ptr<scenario::machine> machine = std::make_shared<scenario::machine>();
  std::optional<world> w;
};

constexpr span a_moment{1};

} // namespace

TEST_CASE("a share of 30 minutes warns at 25 and ends at 30, with nobody's help",
          "[FR-026-004] [SC-026-002]") {
  allowed all;
  auto& w = *all.w;
  const auto share = w.open_share();
  w.advance({minutes(25).ms - 1});
  CHECK(w.share(share.share_id).state == share_state::active);
  CHECK_FALSE(all.shown().alert);
  w.advance(a_moment);
  CHECK(w.share(share.share_id).state == share_state::expiring);
  CHECK(all.shown().alert);
  CHECK_THAT(all.shown().text, ContainsSubstring("5m"));
  CHECK(w.last<share_warned>().left == minutes(5));
  w.advance({minutes(5).ms - 1});
  CHECK(w.worker().running);
  w.advance(a_moment);
  CHECK_FALSE(w.worker().running);
  const auto over = w.share(share.share_id);
  CHECK(over.state == share_state::ended);
  CHECK(over.end_reason == end_reason::expired);
  CHECK_THAT(w.worker().heard<worker_lines::end>().at(0).text, ContainsSubstring("expired"));
  CHECK(w.count<share_warned>() == 1);
  CHECK(w.count<share_stopped>() == 1);
}

TEST_CASE("a share ends in time although the machine slept or its clock was set",
          "[FR-026-004] [SC-026-002]") {
  allowed all;
  auto& w = *all.w;
  const auto share = w.open_share();
  SECTION("asleep, the wall clock goes on") {
    w.time().set_wall_clock(w.now() + minutes(31));
  }
  SECTION("set back, the lease gets no longer") {
    w.time().set_wall_clock(w.now() - hours(10));
    w.advance(minutes(30));
  }
  CHECK(w.share(share.share_id).end_reason == end_reason::expired);
  CHECK(w.processes().running("termlease-worker") == 0);
}

TEST_CASE("an extension moves the warning and the end, and the guests read the new end",
          "[FR-026-005]") {
  allowed all;
  auto& w = *all.w;
  const auto share = w.open_share();
  const auto before = all.shown().text;
  const auto extended = all.extend(share.share_id, minutes(15)).share();
  CHECK(extended.expires_at == share.expires_at + minutes(15));
  CHECK(extended.warns_at == share.warns_at + minutes(15));
  CHECK(all.shown().text != before);
  w.advance(minutes(39));
  CHECK(w.share(share.share_id).state == share_state::active);
  w.advance(minutes(1));
  CHECK(w.share(share.share_id).state == share_state::expiring);
  w.advance(minutes(5));
  CHECK(w.share(share.share_id).end_reason == end_reason::expired);
  CHECK(w.last<share_extended>().by == minutes(15));
}

TEST_CASE("a late ring of an alarm that was replaced ends and warns nobody",
          "[FR-026-004] [FR-026-005]") {
  allowed all;
  auto& w = *all.w;
  w.alarms().late_rings = true;
  const auto share = w.open_share();
  CHECK(all.extend(share.share_id, minutes(15)).code().empty());
  w.advance(minutes(31));
  CHECK(w.share(share.share_id).state == share_state::active);
  CHECK(w.count<share_warned>() == 0);
  w.advance(minutes(14));
  CHECK(w.share(share.share_id).end_reason == end_reason::expired);
}

TEST_CASE("a share that has warned can still be extended, and warns again", "[FR-026-005]") {
  allowed all;
  auto& w = *all.w;
  const auto share = w.open_share();
  w.advance(minutes(27));
  CHECK(w.share(share.share_id).state == share_state::expiring);
  CHECK(all.extend(share.share_id, minutes(10)).share().state == share_state::active);
  CHECK_FALSE(all.shown().alert);
  w.advance(minutes(8));
  CHECK(w.share(share.share_id).state == share_state::expiring);
  CHECK(w.count<share_warned>() == 2);
}

TEST_CASE("an expired share can't be extended", "[FR-026-005]") {
  allowed all;
  auto& w = *all.w;
  const auto share = w.open_share();
  w.advance(minutes(30));
  const auto refused = all.extend(share.share_id, minutes(10));
  CHECK(refused.code() == "share_ended");
  CHECK_THAT(refused.response().error.message, ContainsSubstring("expired"));
}

TEST_CASE("an expiry that comes while an extension is being recorded wins", "[FR-026-005]") {
  allowed all;
  auto& w = *all.w;
  const auto share = w.open_share();
  w.advance({minutes(30).ms - 10});
  w.disk().hold();
  const auto extended = all.extend(share.share_id, minutes(10));
  CHECK_FALSE(extended.answered());
  w.advance({20});
  w.disk().release();
  w.settle();
  CHECK(extended.code() == "share_ended");
  CHECK(w.share(share.share_id).end_reason == end_reason::expired);
  CHECK(w.processes().running("termlease-worker") == 0);
}

TEST_CASE("an extension by nothing, or over the maximum, is refused", "[FR-026-003] [FR-026-005]") {
  allowed all;
  auto& w = *all.w;
  const auto share = w.open_share();
  CHECK(all.extend(share.share_id, {0}).code() == "bad_ttl");
  CHECK(all.extend(share.share_id, hours(8)).code() == "bad_ttl");
  // So much that a sum with it is negative.
  CHECK(all.extend(share.share_id, {std::numeric_limits<std::int64_t>::max()}).code() == "bad_ttl");
  CHECK(all.extend(share.share_id, {hours(8).ms - minutes(30).ms}).code().empty());
  CHECK(all.extend(share.share_id, a_moment).code() == "bad_ttl");
  CHECK(w.share(share.share_id).expires_at == share.created_at + hours(8));
}

TEST_CASE("a share that is not open can't be extended", "[FR-026-005]") {
  allowed all;
  auto& w = *all.w;
  w.processes().worker.gets_ready = false;
  w.ask_for_share();
  const auto id = w.ask(the_operator, list_shares{}).as<share_list>().shares.at(0).share_id;
  CHECK(all.extend(id, minutes(5)).code() == "share_not_active");
}

TEST_CASE("an extension is a new decision of the policy", "[FR-026-005] [FR-026-002]") {
  allowed all;
  auto& w = *all.w;
  const auto share = w.open_share();
  all.machine->policy->replace(config::starter_policy());
  // Under the starter policy it would last an hour and five minutes from now.
  const auto refused = all.extend(share.share_id, minutes(35));
  CHECK(refused.code() == "denied");
  CHECK(w.last<share_extension_denied>().by == minutes(35));
  CHECK(w.share(share.share_id).expires_at == share.expires_at);
  CHECK(all.extend(share.share_id, minutes(30)).code().empty());
  all.machine->policy->replace("nonsense");
  CHECK(all.extend(share.share_id, minutes(1)).code() == "denied");
}

TEST_CASE("an extension that needs an approval waits for it", "[FR-026-005]") {
  allowed all;
  auto& w = *all.w;
  auto wanted = share_request();
  wanted.mode = share_mode::rw;
  const auto share = w.open_share(wanted);
  all.machine->policy->replace(config::starter_policy());
  const auto extended = w.ask(the_operator, extend_share{share.share_id, minutes(15), minutes(15)});
  CHECK_FALSE(extended.answered());
  const auto question = w.last<approval_requested>().approval;
  CHECK(question.action == "share.extend");
  CHECK(question.ttl == minutes(45));
  SECTION("given") {
    w.ask(the_operator, resolve_approval{question.approval_id, verdict::approve, {}});
    CHECK(extended.share().expires_at == share.expires_at + minutes(15));
  }
  SECTION("refused") {
    w.ask(the_operator, resolve_approval{question.approval_id, verdict::deny, "no"});
    CHECK(extended.code() == "denied");
    CHECK(w.share(share.share_id).expires_at == share.expires_at);
  }
  SECTION("not answered before the share's end") {
    all.machine->policy->replace(config::starter_policy());
    w.ask(the_operator, revoke_share{share.share_id, {}});
    CHECK(extended.code() == "share_ended");
    CHECK(w.last<approval_resolved>().approval.state == approval_state::withdrawn);
  }
  SECTION("silence") {
    w.advance(minutes(10));
    CHECK(extended.code() == "denied");
    CHECK(w.last<approval_resolved>().approval.state == approval_state::expired);
  }
}

TEST_CASE("whoever wants more time and waited long enough is told, and the question stays open",
          "[FR-026-005]") {
  allowed all;
  auto& w = *all.w;
  auto wanted = share_request();
  wanted.mode = share_mode::rw;
  const auto share = w.open_share(wanted);
  all.machine->policy->replace(config::starter_policy());
  const span wait = GENERATE(minutes(2), seconds(0));
  w.disk().hold(); // nobody is told of a question that isn't open yet
  const auto asked = w.ask(the_operator, extend_share{share.share_id, minutes(15), wait});
  w.advance(seconds(1));
  CHECK_FALSE(asked.answered());
  w.disk().release();
  w.advance(wait);
  CHECK(asked.code() == "timed_out");
  const auto question = w.last<approval_requested>().approval.approval_id;
  CHECK_THAT(asked.response().error.details.hint, ContainsSubstring("approve " + question));
  w.ask(the_operator, resolve_approval{question, verdict::approve, {}});
  CHECK(w.share(share.share_id).expires_at == share.expires_at + minutes(15));
}

TEST_CASE("an extension that can't be recorded is none", "[FR-026-005] [FR-026-011]") {
  allowed all;
  auto& w = *all.w;
  const auto share = w.open_share();
  w.disk().problem = {"journal_full", "no space is left", "make some", true};
  CHECK(all.extend(share.share_id, minutes(15)).code() == "journal_full");
  w.disk().problem = {};
  w.advance(minutes(30));
  CHECK(w.share(share.share_id).end_reason == end_reason::expired);
}

TEST_CASE("a clock that crashes is replaced by one with the same times", "[FR-026-004]") {
  allowed all;
  auto& w = *all.w;
  const auto share = w.open_share();
  for (int i = 0; i < 3; ++i) {
    w.crash("shares/" + share.share_id + "/ttl clock");
    w.advance(seconds(1));
  }
  CHECK(w.last<actor_restarted>().actor == "shares/" + share.share_id + "/ttl clock");
  w.advance(minutes(25));
  CHECK(w.share(share.share_id).state == share_state::expiring);
  w.advance(minutes(5));
  CHECK(w.share(share.share_id).end_reason == end_reason::expired);
}
