#include "tools/scenario/incident/incident.hpp"

#include "messages/approvals.hpp"
#include "messages/failure.hpp"
#include "messages/runtime.hpp"
#include "messages/shares.hpp"
#include "messages/supervision.hpp"
#include "messages/terminals.hpp"
#include "tools/scenario/incident/decisions.hpp"
#include "tools/scenario/incident/guests.hpp"
#include "tools/scenario/incident/relays.hpp"
#include "tools/scenario/incident/switches.hpp"
#include "tools/scenario/incident/words.hpp"
#include "tools/scenario/script/vocabulary.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace termlease::scenario {

using namespace messages;

namespace {

constexpr span stuck_worker = seconds(3);
constexpr span slowest_alarm = seconds(2);
constexpr span drift{250}; ///< a played runtime is quicker, so that all comes a little earlier
constexpr std::string_view requester_left = "its requester went away";
constexpr std::string_view session_failed = "its session failed";
constexpr std::string_view none_found = "the relay is gone, and none was found again";
constexpr std::string_view ended_by_itself = "its worker ended by itself (status ";

class teller {
public:
  teller(const std::string& share_id, const std::vector<record>& records)
      : id_(share_id), records_(records), later_(share_id, records) {
    const auto first = std::find_if(records.begin(), records.end(), [&](const record& each) {
      return each.share_id == share_id && is<share_requested>(each);
    });
    if (first == records.end())
      throw failed("no_such_share", "the record holds no request for the share " + share_id,
                   "`termlease shares --all` lists them");
    request_ = read<share_requested>(*first);
    began_ = first->timestamp;
    first_ = first->sequence;
  }

  script tell() {
    told_.name = "What happened to the share " + id_;
    for (const auto& each : records_)
      if (!over_ && each.sequence >= first_) tell(each);
    told_.setting = {{"terminals", {request_.share.terminal_name}},
                     {"policy", policy_.lines()},
                     {"settings", relays_.settings()}};
    told_.setting["settings"]["shares.max_ttl"] = longest_;
    for (const auto& [name, kind] : people_) told_.setting["people"][name] = kind;
    return std::move(told_);
  }

private:
  void tell(const record& each) {
    if (is<runtime_started>(each)) return add(each, {{"fault", "runtime killed"}});
    if (is<actor_restarted>(each)) return crash(each);
    if (is<terminal_closed>(each) && each.terminal_id == request_.share.terminal_id)
      return tell_closed(each);
    relays_.heard(each);
    if (each.share_id != id_) return;
    if (is<share_requested>(each)) return ask(each);
    if (is<share_allowed>(each)) return allow(each);
    if (is<share_denied>(each)) return deny(each);
    if (is<approval_requested>(each)) return open_question(each);
    if (is<approval_voted>(each) || is<approval_resolved>(each)) return answer_question(each);
    if (is<share_started>(each)) return start(each);
    if (const auto steps = guests_.before(each)) return follows(each, *steps);
    if (const auto steps = relays_.before(each)) return follows(each, *steps);
    if (const auto steps = switches_.around(each)) return changes(each, *steps);
    if (is<share_warned>(each)) return happens(each, read<share_warned>(each).share.warns_at, {});
    if (is<share_extended>(each)) return extended(each);
    if (is<share_extension_denied>(each)) return extension_denied(each);
    if (is<share_revoked>(each)) return revoked(each);
    if (is<share_stopped>(each)) return stopped(each);
  }

  // Steps.

  void add(const record& at, json words) {
    step next;
    latest_ = at.timestamp - began_;
    next.at = latest_;
    words["at"] = to_text(*next.at);
    for (const auto* what : {"do", "expect", "unexpected", "guest", "fault", "repair"})
      if (words.contains(what)) next.what = what;
    next.words = std::move(words);
    told_.steps.push_back(std::move(next));
  }

  void expect(const record& at, json with) {
    json words{{"expect", at.event_type}};
    if (!with.empty()) words["with"] = std::move(with);
    add(at, std::move(words));
  }

  /// What comes in its time: not a moment earlier, and later only when nothing ran in between.
  void happens(const record& at, instant due, json with) {
    auto before = at;
    const bool late = due && at.timestamp - due > slowest_alarm;
    before.timestamp = (due ? due : at.timestamp) - (late ? span{1} : drift);
    if (before.timestamp - began_ >= latest_) {
      if (late)
        add(before,
            {{"fault", "machine sleeps"}, {"for", to_text(at.timestamp - before.timestamp)}});
      else
        add(before, {{"unexpected", at.event_type}});
    }
    expect(at, std::move(with));
  }

  std::string person(const std::string& who) {
    const auto known = identity_from(who);
    if (known.kind != identity_kind::human && known.kind != identity_kind::agent) return "operator";
    const std::string kind(name_of(known.kind));
    const auto is_another = [&](const std::string& name) {
      const auto found = people_.find(name);
      return name == "operator" || (found != people_.end() && found->second != kind);
    };
    const auto name = is_another(known.name) ? kind + ":" + known.name : known.name;
    people_[name] = kind;
    return name;
  }

  json by(const std::string& who, json words) {
    if (const auto name = person(who); name != "operator") words["by"] = name;
    return words;
  }

  // What was asked for, and decided.

  void ask(const record& at) {
    const auto& view = request_.share;
    json with{{"terminal", view.terminal_name},
              {"backend", view.backend},
              {"mode", name_of(view.mode)},
              {"ttl", to_text(request_.ttl)},
              {"warn", to_text(request_.warn)}};
    if (!view.reason.empty()) with["reason"] = plain(view.reason);
    with["terms"] = encode(view.terms);
    longest_ = to_text(std::max(hours(8), request_.ttl));
    opening(at);
    add(at, by(view.requested_by, {{"do", "share.start"},
                                   {"with", with},
                                   {"answer", later_.answer_to(at, request_.share)}}));
    add(at, {{"expect", at.event_type}, {"as", "s"}});
  }

  /// What went wrong on the way to the link, or how long it took.
  void opening(const record& at) {
    const auto how = later_.opening();
    unwritable_ = how.unwritable_approval;
    starting_ = how.took;
    if (how.unwritable_decision)
      add(at, {{"fault", "crash"}, {"actor", "journal"}, {"when", "share.allowed"}});
    else if (how.unwritable_approval)
      add(at, {{"fault", "disk full"}, {"when", "approval.resolved"}});
    else if (how.never)
      add(at, {{"fault", "worker never ready"}});
    if (starting_ > span{}) add(at, {{"fault", "lines late"}, {"by", to_text(starting_)}});
  }

  void allow(const record& at) {
    allowed_ = true;
    const auto view = read<share_allowed>(at).share;
    if (view.approval_id.empty())
      policy_.allows("share.start", view.requested_by, request_.ttl, view.rules);
    expect(at, {});
  }

  void deny(const record& at) {
    const auto view = read<share_denied>(at).share;
    if (view.approval_id.empty() && !allowed_)
      policy_.denies("share.start", view.requested_by, view.rules);
    over_ = true;
    if (unwritable_) {
      add(at, {{"repair", "disk full"}});
      return add(at, {{"expect", at.event_type}, {"within", "5s"}});
    }
    at.timestamp == began_ || view.approval_id.empty() ? expect(at, {}) : happens(at, {}, {});
  }

  void open_question(const record& at) {
    const auto view = read<approval_requested>(at).approval;
    const auto name = "a" + std::to_string(questions_.size() + 1);
    policy_.asks(view);
    if (view.action == "share.extend")
      add(at, by(view.requested_by,
                 {{"do", "share.extend"},
                  {"with", {{"share", "$s.share.share_id"}, {"by", later_.asked_by(at)}}},
                  {"answer", "waits"}}));
    if (view.action == "share.mode") add(at, guests_.asked(view));
    if (view.action == "share.switch") add(at, switches_.asked(view));
    add(at, {{"expect", at.event_type}, {"as", name}});
    questions_[view.approval_id] = {name, 0};
  }

  void answer_question(const record& at) {
    const auto view = decoded<approval_view>(json::parse(at.metadata.text)["approval"]);
    auto& [name, seen] = questions_[view.approval_id];
    const bool voted = view.votes.size() > seen;
    for (; seen < view.votes.size(); ++seen) vote(at, name, view.votes[seen]);
    if (view.action == "share.extend" && view.state != approval_state::pending)
      ++(view.state == approval_state::approved ? approved_ : refused_);
    if (view.action == "share.mode" && view.state != approval_state::pending)
      guests_.answered(view);
    const json with{{"approval", {{"state", name_of(view.state)}}}};
    voted || view.state == approval_state::withdrawn ? expect(at, with)
                                                     : happens(at, view.deadline, with);
  }

  void vote(const record& at, const std::string& name, const approval_vote& one) {
    json with{{"approval_id", "$" + name + ".approval.approval_id"},
              {"decision", name_of(one.verdict)}};
    if (!one.reason.empty()) with["reason"] = plain(one.reason);
    add(at, by(one.by, {{"do", "approval.request.resolve"}, {"with", with}}));
  }

  // How it went.

  void start(const record& at) {
    expect(at, {});
    if (starting_ > span{}) add(at, {{"repair", "lines late"}});
    if (const auto took = later_.end_took(); took > span{} && took < stuck_worker)
      add(at, {{"fault", "guests read nothing"}, {"by", to_text(took)}});
  }

  void follows(const record& at, const std::vector<json>& steps) {
    if (over_) return;
    for (const auto& each : steps) add(at, each);
    expect(at, {});
  }

  void changes(const record& at, const told_switches::steps& steps) {
    for (const auto& each : steps.before) add(at, each);
    expect(at, {});
    for (const auto& each : steps.after) add(at, each);
  }

  void extended(const record& at) {
    const auto news = read<share_extended>(at);
    if (approved_ == 0) {
      policy_.allows("share.extend", to_text(at.actor), news.share.expires_at - at.timestamp, {});
      add(at, by(to_text(at.actor),
                 {{"do", "share.extend"},
                  {"with", {{"share", "$s.share.share_id"}, {"by", to_text(news.by)}}}}));
    } else {
      --approved_;
    }
    expect(at, {});
  }

  void extension_denied(const record& at) {
    const auto news = read<share_extension_denied>(at);
    if (refused_ == 0) {
      policy_.denies("share.extend", to_text(at.actor), {});
      add(at, by(to_text(at.actor),
                 {{"do", "share.extend"},
                  {"with", {{"share", "$s.share.share_id"}, {"by", to_text(news.by)}}},
                  {"answer", "denied"}}));
    } else {
      --refused_;
    }
    expect(at, {});
  }

  void revoked(const record& at) {
    const auto took = later_.stopped_after(at);
    if (took >= stuck_worker)
      add(at, {{"fault", "worker ignores end"}});
    else if (took > span{})
      add(at, {{"fault", "guests read nothing"}, {"by", to_text(took)}});
    add(at, by(to_text(at.actor), {{"do", "share.revoke"},
                                   {"with", {{"share", "$s.share.share_id"}}},
                                   {"answer", took > span{} ? "waits" : "ok"}}));
    expect(at, {});
  }

  void tell_closed(const record& at) {
    closed_ = true;
    if (at.actor.kind == identity_kind::runtime)
      add(at, {{"fault", "terminal dies"}, {"terminal", request_.share.terminal_name}});
    else
      add(at, by(to_text(at.actor), {{"do", "terminal.close"},
                                     {"with", {{"terminal", request_.share.terminal_name}}}}));
  }

  void stopped(const record& at) {
    const auto view = read<share_stopped>(at).share;
    const json with{{"share", {{"end_reason", name_of(view.end_reason)}}}};
    over_ = true;
    // How long a part that crashed was away differs from time to time.
    if (view.end_reason == end_reason::runtime_restarted) {
      auto soon = at;
      soon.timestamp = began_ + latest_;
      return add(soon, {{"expect", at.event_type}, {"with", with}, {"within", "10s"}});
    }
    if (view.end_reason == end_reason::expired) return happens(at, view.expires_at, with);
    if (view.end_reason == end_reason::nobody_joined) return happens(at, {}, with);
    if (view.detail.starts_with(requester_left))
      add(at, {{"fault", "requester leaves"}, {"who", person(view.requested_by)}});
    else if (view.end_reason == end_reason::stopped)
      add(at, by(who_did(view.detail),
                 {{"do", "share.stop"}, {"with", {{"share", "$s.share.share_id"}}}}));
    if (view.end_reason == end_reason::worker_failed || view.end_reason == end_reason::relay_lost ||
        (view.end_reason == end_reason::terminal_closed && !closed_))
      fail(at, view);
    expect(at, with);
  }

  void fail(const record& at, const share_view& view) {
    if (view.detail.starts_with(none_found)) return;
    if (view.detail.ends_with(no_link)) return; // as a worker that is never ready ends
    if (view.detail == session_failed)
      return add(at, {{"fault", "crash"}, {"actor", "session"}, {"of", "s"}});
    if (view.detail.starts_with(ended_by_itself))
      return add(at, {{"fault", "worker exits"},
                      {"of", "s"},
                      {"status", std::atoi(view.detail.c_str() + ended_by_itself.size())}});
    json words{{"fault", "worker reports"}, {"of", "s"}, {"why", plain(view.detail)}};
    if (view.end_reason == end_reason::relay_lost) words["relay_lost"] = true;
    if (view.end_reason == end_reason::terminal_closed) words["terminal_gone"] = true;
    add(at, std::move(words));
  }

  void crash(const record& at) {
    const auto receipt = read<actor_restarted>(at);
    const auto known = actor_names();
    if (std::find(known.begin(), known.end(), receipt.actor) != known.end())
      add(at, {{"fault", "crash"}, {"actor", receipt.actor}});
    else if (receipt.actor == "shares/" + id_ + "/ttl clock")
      add(at, {{"fault", "crash"}, {"actor", "ttl clock"}, {"of", "s"}});
    else if (receipt.actor == "terminals/" + request_.share.terminal_id)
      add(at, {{"fault", "crash"}, {"actor", "terminal"}});
  }

  struct question {
    std::string name;
    std::size_t votes_seen;
  };

  const std::string& id_;
  const std::vector<record>& records_;
  hindsight later_;
  share_requested request_;
  instant began_;
  std::uint64_t first_ = 0;
  span latest_; ///< when the last step was
  script told_;
  decisions policy_;
  told_guests guests_{
      policy_, [this](const std::string& who, json words) { return by(who, std::move(words)); }};
  told_switches switches_{policy_, later_, [this](const std::string& who, json words) {
                            return by(who, std::move(words));
                          }};
  told_relays relays_;
  std::map<std::string, std::string> people_;
  std::map<std::string, question> questions_;
  span starting_;
  std::string longest_;
  int approved_ = 0; ///< extensions whose approval was told already
  int refused_ = 0;
  bool unwritable_ = false; ///< that it was allowed
  bool allowed_ = false;
  bool closed_ = false;
  bool over_ = false;
};

} // namespace

script incident_of(const std::string& share_id, const std::vector<record>& records) {
  return teller(share_id, records).tell();
}

} // namespace termlease::scenario
