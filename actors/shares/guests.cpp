// The guests of one share: who knocks, who is in, who has the keyboard.
#include "actors/shares/lease_holder.hpp"
#include "bus/identity/public_key.hpp"
#include "messages/backends.hpp"

#include <algorithm>

namespace termlease::actors {

using namespace messages;

namespace {

constexpr std::string_view knock_alarm = "knock ";
constexpr std::chrono::seconds counting_patience{2};
constexpr auto nobody_decided = "nobody let it in in time";

/// What is done to one guest.
action_context about_guest(action_context about, const std::string& guest_id) {
  about.target = guest_id;
  return about;
}

failure taken_away() {
  return {"taken_away",
          "somebody took the keyboard away meanwhile",
          {"`termlease mode` gives it again"},
          true};
}

answer guest_is_gone() {
  return answer_with(
      failure{"no_such_guest", "the guest left meanwhile", {"let it come again"}, true});
}

} // namespace

guest_view* lease_holder::find_guest(const std::string& id) {
  auto& all = order_.view.guests;
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const guest_view& each) { return each.guest_id == id; });
  return found == all.end() ? nullptr : &*found;
}

/// Throws when there is nobody to do that to.
const guest_view& lease_holder::guest_to(const std::string& id, const char* what) {
  if (over()) throw failed("share_ended", "this share ends already", "nobody stays in");
  if (const auto* guest = find_guest(id)) return *guest;
  std::string there;
  for (const auto& each : order_.view.guests) there += (there.empty() ? "" : ", ") + each.guest_id;
  throw failed("no_such_guest", "this share has no guest '" + id + "' to " + what,
               there.empty() ? "nobody is there" : "there are: " + there);
}

const guest_view& lease_holder::knocking_guest(const std::string& id) {
  const auto& guest = guest_to(id, "answer");
  if (guest.state == guest_state::knocking) return guest;
  throw failed("not_knocking", "the guest " + id + " is in already",
               "`termlease kick` puts a guest out");
}

guest_view lease_holder::guest_of(const std::string& id, const std::string& fingerprint,
                                  const std::string& address) const {
  guest_view guest{id, guest_state::in, order_.view.mode, fingerprint, {}, address, env_->now()};
  for (const auto& line : order_.keys) {
    try {
      const auto key = bus::parse_public_key(line, "a key");
      if (key.fingerprint == fingerprint) guest.key_comment = key.comment;
    } catch (const failed&) {
      // It was checked when the share was asked for; without a comment a guest is still a guest.
    }
  }
  return guest;
}

/// Ids are given by whoever sees a guest first, the worker or the share; each of them once.
void lease_holder::note_id(const std::string& id) {
  if (!id.starts_with('g')) return;
  const auto number = std::strtoul(id.c_str() + 1, nullptr, 10);
  guests_so_far_ = std::max(guests_so_far_, static_cast<std::uint32_t>(number));
}

void lease_holder::guest_knocks(const worker_lines::guest_knocks& news) {
  if (over() || find_guest(news.guest_id) != nullptr) return;
  note_id(news.guest_id);
  auto guest = guest_of(news.guest_id, news.key_fingerprint, news.address);
  guest.state = guest_state::knocking;
  order_.view.guests.push_back(guest);
  const auto about = about_guest(own_context("share.guest.knock"), guest.guest_id);
  record_fact(draft(*env_, about, share_guest_knocked{order_.view, guest}));
  self_->send(env_->alarms, set_alarm{std::string(knock_alarm) + guest.guest_id,
                                      guest.joined_at + env_->settings.shares.knock_deadline});
  changed();
}

void lease_holder::guest_joined(const worker_lines::guest_joined& news) {
  auto* known = find_guest(news.guest_id);
  if (over() || (known != nullptr && known->state == guest_state::in)) return;
  // Its relay may have told already that it left again.
  if (!tells_guests_apart(order_.view.backend) && !is_at_relay(news.guest_id)) return;
  note_id(news.guest_id);
  // One who knocked is known already, and may have been given a mode at the door.
  if (known == nullptr)
    known = &order_.view.guests.emplace_back(
        guest_of(news.guest_id, news.key_fingerprint, news.address));
  known->state = guest_state::in;
  known->joined_at = env_->now();
  const auto guest = *known;
  visited_ = true;
  const auto about = about_guest(own_context("share.guest.join"), guest.guest_id);
  record_fact(draft(*env_, about, share_guest_joined{order_.view, guest}));
  answer_about(admits_, guest.guest_id, answer_with(order_.view));
  changed();
}

void lease_holder::guest_left(const worker_lines::guest_left& news) {
  // One program showed it to all guests, none of whom it knows.
  if (news.guest_id.empty() && !news.recording.empty()) return kept({}, news.recording);
  const auto* found = find_guest(news.guest_id);
  if (found == nullptr) return;
  const auto guest = *found;
  std::erase_if(order_.view.guests,
                [&](const guest_view& each) { return each.guest_id == guest.guest_id; });
  const auto about = about_guest(own_context("share.guest.leave"), guest.guest_id);
  record_fact(draft(*env_, about, share_guest_left{order_.view, guest}));
  if (!news.recording.empty()) kept(guest, news.recording);
  answer_about(kicks_, guest.guest_id, answer_with(order_.view));
  answer_about(admits_, guest.guest_id, guest_is_gone());
  changed();
}

/// The file is whole, and the journal says from now on what is in it.
void lease_holder::kept(const guest_view& guest, const std::string& path) {
  const auto note = [=, this](const std::string& sha256, const std::string& detail) {
    const auto about = about_guest(own_context("share.guest.record"), guest.guest_id);
    record_fact(
        draft(*env_, about, share_guest_recorded{order_.view, guest, path, sha256, detail}));
  };
  self_->request(env_->files, caf::infinite, digest_file{path})
      .then([=](const file_done& done) { note(done.text, done.problem.message); },
            [=](const caf::error&) { note({}, "the file edge failed"); });
}

void lease_holder::waited_for_guests(const alarm_rang& alarm) {
  if (over()) return;
  if (alarm.name == nobody_joined && !visited_)
    return end(end_reason::nobody_joined,
               "nobody joined within " + to_text(order_.view.terms.join_within));
  if (!alarm.name.starts_with(knock_alarm)) return;
  const auto* guest = find_guest(alarm.name.substr(knock_alarm.size()));
  if (guest == nullptr || guest->state != guest_state::knocking ||
      alarm.at != guest->joined_at + env_->settings.shares.knock_deadline)
    return;
  const auto about = about_guest(own_context("share.guest.deny"), guest->guest_id);
  record_fact(draft(*env_, about, share_guest_denied{order_.view, *guest, nobody_decided}));
  self_->send(worker_, worker_lines::put_out{guest->guest_id, "Nobody let you in in time.", {}});
}

/// What has passed is known to the worker only; one that doesn't say leaves it out.
guest_list lease_holder::reports(const worker_lines::traffic& passed) const {
  guest_list all;
  for (const auto& guest : order_.view.guests) {
    guest_report report{order_.view.share_id, order_.view.terminal_name, guest};
    for (const auto& each : passed.guests) {
      if (each.guest_id != guest.guest_id) continue;
      report.bytes_in = each.bytes_in;
      report.bytes_out = each.bytes_out;
      report.idle = each.idle;
    }
    all.guests.push_back(std::move(report));
  }
  return all;
}

caf::result<answer> lease_holder::list_guests() {
  if (order_.view.guests.empty() || !worker_running_) return answer_with(reports({}));
  auto promise = self_->make_response_promise<answer>();
  self_->request(worker_, counting_patience, worker_lines::count{})
      .then(
          [promise, this](const worker_lines::traffic& passed) mutable {
            promise.deliver(answer_with(reports(passed)));
          },
          [promise, this](const caf::error&) mutable {
            promise.deliver(answer_with(reports({})));
          });
  return promise;
}

/// At once: closing a door never waits for the disk.
caf::result<answer> lease_holder::kick(const caller& from, const kick_guest& wanted) {
  const auto& guest = guest_to(wanted.guest, "put out");
  if (!tells_guests_apart(order_.view.backend))
    throw failed("not_supported",
                 "a guest of a share through " + order_.view.backend + " can't be put out alone",
                 "`termlease revoke` puts all of them out");
  auto promise = self_->make_response_promise<answer>();
  kicks_.emplace(guest.guest_id, promise);
  const auto about = about_guest(context_of_caller(from, "guest.kick"), guest.guest_id);
  const auto why = "put out by " + to_text(from.who) +
                   (wanted.reason.empty() ? std::string{} : ": " + wanted.reason);
  if (wanted.ban) banned_.insert(guest.key_fingerprint);
  record_fact(
      draft(*env_, about, share_guest_kicked{order_.view, guest, wanted.reason, wanted.ban}));
  self_->send(worker_, worker_lines::put_out{guest.guest_id, "You were " + why + ".",
                                             wanted.ban ? guest.key_fingerprint : std::string{}});
  return promise;
}

caf::result<answer> lease_holder::admit(const caller& from, const admit_guest& wanted) {
  const auto guest = knocking_guest(wanted.guest);
  if (is_crowded()) throw failed(others_at_door());
  auto promise = self_->make_response_promise<answer>();
  admits_.emplace(guest.guest_id, promise);
  const auto about = about_guest(context_of_caller(from, "guest.admit"), guest.guest_id);
  record_then({draft(*env_, about, share_guest_admitted{order_.view, guest})},
              [=, this](const failure& problem) {
                if (problem) return answer_about(admits_, guest.guest_id, answer_with(problem));
                // Where all see the same, whoever came after it would be let in instead.
                if (over() || find_guest(guest.guest_id) == nullptr) return;
                if (is_crowded())
                  return answer_about(admits_, guest.guest_id, answer_with(others_at_door()));
                self_->send(worker_, worker_lines::admit{guest.guest_id});
              });
  return promise;
}

caf::result<answer> lease_holder::send_away(const caller& from, const deny_guest& wanted) {
  const auto& guest = knocking_guest(wanted.guest);
  auto promise = self_->make_response_promise<answer>();
  kicks_.emplace(guest.guest_id, promise);
  const auto about = about_guest(context_of_caller(from, "guest.deny"), guest.guest_id);
  record_fact(draft(*env_, about, share_guest_denied{order_.view, guest, wanted.reason}, "denied"));
  const auto why = wanted.reason.empty() ? std::string{} : ": " + wanted.reason;
  self_->send(worker_,
              worker_lines::put_out{guest.guest_id, "You were not let in" + why + ".", {}});
  return promise;
}

caf::result<answer> lease_holder::set_mode(const caller& from, const set_guest_mode& wanted) {
  check_open();
  if (!wanted.guest.empty()) guest_to(wanted.guest, "give that mode");
  if (!tells_guests_apart(order_.view.backend))
    throw failed("not_supported",
                 "a share through " + order_.view.backend +
                     " keeps its mode for as long as it lives",
                 "share the terminal again, with the other mode");
  const auto id = wanted.guest;
  const auto mode = wanted.mode;
  if (mode == share_mode::ro) {
    // A grant that is just being recorded is older than this.
    std::erase_if(grants_, [&](const auto& each) {
      return id.empty() || each.second.empty() || each.second == id;
    });
    change_mode(id, mode);
    record_fact(draft(*env_, context_of_caller(from, "guest.mode"),
                      share_mode_changed{order_.view, id, mode}));
    return answer_with(order_.view);
  }
  pending_change change;
  change.about = "the keyboard for " + (id.empty() ? "all guests" : "the guest " + id);
  change.guest_id = id;
  change.from = from;
  change.allowed = [=, this](const std::string& question, const std::vector<std::string>&) {
    give_keyboard(question, from, id);
  };
  change.refused = [=, this](const std::string& why) {
    return draft(*env_, context_of_caller(from, "guest.mode"),
                 share_mode_denied{order_.view, id, why}, "denied");
  };
  const auto left = order_.view.expires_at - env_->now();
  return decide(request_for("share.mode", from, mode, left), wanted.wait, std::move(change));
}

/// Nobody types before it is on the record that they may, nor after somebody took it away again.
void lease_holder::give_keyboard(const std::string& question, const caller& from,
                                 const std::string& guest_id) {
  try {
    check_open();
    if (switch_ || !tells_guests_apart(order_.view.backend))
      throw failed("not_supported",
                   "the share goes on through another backend, which keeps its mode",
                   "ask again once it has its new link");
    if (!guest_id.empty()) guest_to(guest_id, "give the keyboard");
  } catch (const failed& why) {
    return answer_change(question, answer_with(why.why()));
  }
  auto given = order_.view;
  if (guest_id.empty()) given.mode = share_mode::rw;
  grants_[question] = guest_id;
  record_then({draft(*env_, context_of_caller(from, "guest.mode"),
                     share_mode_changed{given, guest_id, share_mode::rw})},
              [=, this](const failure& problem) {
                if (over()) return; // answered with the end
                const bool stands = grants_.erase(question) > 0;
                if (problem) return answer_change(question, answer_with(problem));
                if (!stands) return answer_change(question, answer_with(taken_away()));
                change_mode(guest_id, share_mode::rw);
                answer_change(question, answer_with(order_.view));
              });
}

void lease_holder::change_mode(const std::string& guest_id, share_mode mode) {
  if (guest_id.empty()) order_.view.mode = mode;
  for (auto& each : order_.view.guests)
    if (guest_id.empty() || each.guest_id == guest_id) each.mode = mode;
  self_->send(worker_, worker_lines::set_mode{guest_id, mode});
  changed();
}

void lease_holder::answer_about(std::multimap<std::string, answer_promise>& waiting,
                                const std::string& guest, const answer& what) {
  const auto [first, last] = waiting.equal_range(guest);
  for (auto each = first; each != last; ++each) each->second.deliver(what);
  waiting.erase(first, last);
}

} // namespace termlease::actors
