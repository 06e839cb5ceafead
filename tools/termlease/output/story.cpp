#include "tools/termlease/output/story.hpp"

#include "messages/approvals.hpp"
#include "messages/json.hpp"
#include "messages/shares.hpp"
#include "tools/termlease/output/event_text.hpp"
#include "tools/termlease/output/safe_text.hpp"
#include "tools/termlease/output/times.hpp"
#include "tools/termlease/output/views.hpp"
#include "tools/trace/words.hpp"

#include <algorithm>

namespace termlease::cli {

using namespace messages;

namespace {

/// A start that takes longer than this is worth an explanation.
constexpr span quick_start{1000};
constexpr std::size_t slowest_told = 3;
constexpr std::int64_t worth_telling_ns = 20'000'000;

template <class Event> bool is(const record& each) {
  return each.event_type == Event::describe().name;
}

template <class Event> Event read(const record& each) {
  return decoded<Event>(json::parse(each.metadata.text));
}

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& each : words) text += (text.empty() ? "" : ", ") + each;
  return text;
}

std::string by_rules(const share_view& share) {
  if (share.rules.empty()) return "no rule of the policy fits it, and then the answer is no";
  return (share.rules.size() > 1 ? "rules " : "rule ") + listed(share.rules);
}

class teller {
public:
  explicit teller(const trace::log& steps) : steps_(steps) {}

  std::vector<sentence> tell(const std::vector<record>& records) {
    for (const auto& each : records) tell(each);
    where_time_went(records);
    return std::move(told_);
  }

private:
  void add(instant at, const std::string& text) { told_.push_back({at, safe(text)}); }

  void tell(const record& each) {
    const auto at = each.timestamp;
    if (is<share_requested>(each)) return asked(each);
    if (is<share_allowed>(each)) return allowed(each);
    if (is<share_denied>(each)) return denied(each);
    if (is<approval_requested>(each)) return waits(each);
    if (is<approval_voted>(each) || is<approval_resolved>(each))
      return add(at, words_of(each.event_type) + ": " + decision(each) + ".");
    if (is<share_started>(each)) return started(each);
    if (is<share_stopped>(each)) return stopped(each);
    const auto detail = detail_of(each.event_type, json::parse(each.metadata.text, nullptr, false));
    auto text = words_of(each.event_type) + (detail.empty() ? "" : ": " + detail);
    if (each.actor.kind != identity_kind::runtime) text += " (by " + to_text(each.actor) + ")";
    add(at, text + ".");
  }

  static std::string decision(const record& each) {
    const auto payload = json::parse(each.metadata.text, nullptr, false);
    std::string text = text_in(payload, "approval", "state");
    if (each.actor.kind != identity_kind::runtime) text += ", by " + to_text(each.actor);
    if (const auto detail = text_in(payload, "approval", "detail"); !detail.empty())
      text += ": " + detail;
    return text;
  }

  void asked(const record& each) {
    const auto event = read<share_requested>(each);
    requested_ = each.timestamp;
    auto text = event.share.requested_by + " asked to share " + event.share.terminal_name +
                " through " + event.share.backend + ", " + std::string(name_of(event.share.mode)) +
                ", for " + to_text(event.ttl);
    if (!event.share.reason.empty()) text += ", because of '" + event.share.reason + "'";
    add(each.timestamp, text + ".");
  }

  void allowed(const record& each) {
    const auto share = read<share_allowed>(each).share;
    decided_ = each.timestamp;
    add(each.timestamp, share.approval_id.empty()
                            ? "The policy allowed it: " + by_rules(share) + "."
                            : "It was allowed, since an approval was given (" + by_rules(share) +
                                  " had asked for one).");
  }

  void denied(const record& each) {
    const auto share = read<share_denied>(each).share;
    auto text = share.approval_id.empty() ? "It was denied: " + by_rules(share)
                                          : std::string("It was denied, by its approval");
    if (!share.detail.empty()) text += " (" + share.detail + ")";
    add(each.timestamp, text + ".");
  }

  void waits(const record& each) {
    const auto question = read<approval_requested>(each).approval;
    asked_people_ = each.timestamp;
    std::vector<std::string> people;
    if (question.stage < question.stages.size()) people = question.stages[question.stage].approvers;
    add(each.timestamp, "Then it waited for an approval of " + question.action +
                            (people.empty() ? "" : ", by " + listed(people)) + ", until " +
                            local_time(question.deadline, now()) + " at the latest.");
  }

  void started(const record& each) {
    started_ = each.timestamp;
    auto text = "The link was there " + to_text(each.timestamp - requested_) + " after the request";
    if (decided_ && asked_people_)
      text += ", of which " + to_text(decided_ - asked_people_) + " were waiting for people";
    add(each.timestamp, text + ".");
  }

  void stopped(const record& each) {
    const auto share = read<share_stopped>(each).share;
    auto text = "It ended as " + std::string(name_of(share.end_reason));
    if (!share.detail.empty()) text += ": " + share.detail;
    if (each.actor.kind != identity_kind::runtime) text += " (by " + to_text(each.actor) + ")";
    add(each.timestamp, text + ".");
  }

  /// What of the way to the link took longest, as the actors saw it.
  void where_time_went(const std::vector<record>& records) {
    if (records.empty()) return;
    if (steps_.steps.empty())
      return add({}, "The trace has nothing of it any more, so nobody knows where its time went.");
    auto slow = steps_.steps;
    const auto cost = [](const trace::step& each) { return std::max(each.waited(), each.ran()); };
    std::erase_if(slow, [&](const auto& each) {
      // Afterwards it waits for its guests and its end, as it should.
      const bool later = started_ && started_ < instant{steps_.wall_of(each.began)};
      return later || each.what.kind != trace::step_kind::turn || cost(each) < worth_telling_ns;
    });
    std::ranges::stable_sort(slow, [&](const auto& a, const auto& b) { return cost(a) > cost(b); });
    if (slow.size() > slowest_told) slow.resize(slowest_told);
    for (const auto& each : slow) tell_slow(each);
    for (const auto& each : steps_.steps)
      if (each.failed()) tell_failed(each);
    if (slow.empty()) add({}, "No part of the runtime was slow: " + answered_quickly() + ".");
  }

  std::string answered_quickly() const {
    const auto turns = std::to_string(steps_.steps.size()) +
                       " steps, none of which waited or ran for " +
                       trace::length_of(worth_telling_ns);
    const bool quick = !started_ || started_ - requested_ < quick_start;
    return quick ? turns : turns + "; its time went to what it waited for outside";
  }

  void tell_slow(const trace::step& each) {
    const auto who = short_path(trace::actor_of(steps_, each));
    const std::string what(trace::message_of(steps_, each));
    const instant at{steps_.wall_of(each.began)};
    if (each.waited() > each.ran())
      add(at, "'" + what + "' waited " + trace::length_of(each.waited()) + " until " + who +
                  " came to it.");
    else
      add(at, who + " took " + trace::length_of(each.ran()) + " for '" + what + "'.");
  }

  void tell_failed(const trace::step& each) {
    const instant at{steps_.wall_of(each.began)};
    const auto who = short_path(trace::actor_of(steps_, each));
    const std::string what(trace::message_of(steps_, each));
    if (each.what.kind == trace::step_kind::dead_letter)
      return add(at, "'" + what + "' found " + who + " ended already.");
    add(at, each.what.kind == trace::step_kind::death ? who + " crashed."
                                                      : who + " crashed at '" + what + "'.");
  }

  const trace::log& steps_;
  std::vector<sentence> told_;
  instant requested_;
  instant asked_people_;
  instant decided_;
  instant started_;
};

} // namespace

std::vector<sentence> story_of(const std::vector<record>& records, const trace::log& steps) {
  return teller(steps).tell(records);
}

} // namespace termlease::cli
