#include "tools/worker/admissions.hpp"

#include "tools/worker/descendants.hpp"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <utility>

namespace termlease::worker {

namespace lines = messages::worker_lines;

namespace {

constexpr std::chrono::milliseconds retry_after{100};

constexpr const char* not_found =
    "Your key could not be determined: refused. Please connect again.";
constexpr const char* not_clear = "It is not clear whose session this is: refused. Please connect "
                                  "again, without connection sharing.";
constexpr const char* is_banned = "You were put out of this share, and can't come back.";

} // namespace

std::string guest_id_of(guest_number guest) {
  return "g" + std::to_string(guest);
}

guest_number guest_numbered(const std::string& guest_id) {
  guest_number number = 0;
  if (!guest_id.starts_with('g')) return 0;
  const auto* const end = guest_id.data() + guest_id.size();
  const auto read = std::from_chars(guest_id.data() + 1, end, number);
  return read.ec == std::errc{} && read.ptr == end ? number : 0;
}

admissions::admissions(loop& events, hall& guests, backend& door, bool knock,
                       admission_events callbacks)
    : loop_(events), hall_(guests), backend_(door), knock_(knock), events_(std::move(callbacks)),
      for_all_(events, guests, door, knock, events_.joined) {}

admissions::~admissions() {
  loop_.cancel(retry_);
}

void admissions::arrived(guest_number guest, pid_t pid) {
  if (closed_) return; // the hall is telling everybody to leave
  programs_[guest].pid = pid;
  if (auto objection = backend_.objection_to(pid); !objection.empty())
    return refuse(guest, std::move(objection));
  if (!backend_.program_is_guest()) return open_for_all(guest);
  look_again();
}

/// One program for all guests is no guest: nobody is told of it.
void admissions::open_for_all(guest_number number) {
  if (for_all_.program() != 0) return refuse(number, not_clear);
  auto& who = programs_[number];
  const bool shown = for_all_.arrived(number, who.pid);
  who.state = shown ? standing::admitted : standing::refused;
  if (shown) backend_.program_came();
}

void admissions::set_door(bool open, std::size_t stay) {
  if (!closed_ && !backend_.program_is_guest()) for_all_.set_door(open, stay);
}

void admissions::left(guest_number guest, std::string recording) {
  const auto found = programs_.find(guest);
  if (found == programs_.end()) return;
  const bool announced = found->second.announced;
  // What the program for all of them showed is told without a guest, of whom there is none here.
  const bool was_for_all = guest == for_all_.program();
  const bool kept_for_all = was_for_all && !recording.empty();
  if (closed_) cut_off_.push_back(found->second.pid);
  programs_.erase(found);
  if (announced || kept_for_all)
    events_.left({announced ? guest_id_of(guest) : std::string{}, std::move(recording)});
  if (!was_for_all) return;
  for_all_.left();
  if (!closed_) backend_.program_left();
}

bool admissions::anyone_waits() const {
  return !closed_ && std::any_of(programs_.begin(), programs_.end(), [](const auto& each) {
    return each.second.state == standing::waiting;
  });
}

bool admissions::banned_one_connected() const {
  const auto matched = book_.matched();
  return std::any_of(matched.begin(), matched.end(), [&](const connection& each) {
    return banned_.contains(each.fingerprint) && backend_.may_come_back(each);
  });
}

void admissions::look_again() {
  loop_.cancel(retry_);
  if (!anyone_waits()) return;
  // The clock decides too: a backend that doesn't answer must not keep a guest waiting for ever.
  retry_ = loop_.after(retry_after, [this] {
    decide();
    look_again();
  });
  backend_.list_connections([this](std::vector<connection> listed) {
    book_.saw(listed, loop::clock::now());
    decide();
  });
}

void admissions::decide() {
  const auto now = loop::clock::now();
  std::vector<guest_number> waiting; // the hall may call back while it admits and refuses
  for (const auto& [guest, who] : programs_)
    if (who.state == standing::waiting) waiting.push_back(guest);
  // Its sessions look like those of whoever comes next.
  const bool dubious = banned_one_connected();
  for (const auto guest : waiting) {
    const auto who = programs_.find(guest);
    if (closed_ || who == programs_.end()) continue;
    const auto found = book_.find(who->second.arrived, now);
    if (found.outcome == verdict::matched && dubious && !banned_.contains(found.who.fingerprint))
      refuse(guest, not_clear);
    else if (found.outcome == verdict::matched)
      identified(guest, found.who);
    if (found.outcome == verdict::ambiguous) refuse(guest, not_clear);
    if (found.outcome == verdict::unknown) refuse(guest, not_found);
  }
}

void admissions::identified(guest_number guest, const connection& from) {
  auto& who = programs_[guest];
  who.from = from;
  if (banned_.contains(from.fingerprint)) return refuse(guest, is_banned);
  if (!knock_) return admit(guest);
  who.state = standing::knocking;
  who.announced = true;
  hall_.hold(guest, knocks_text);
  events_.knocks({guest_id_of(guest), from.fingerprint, from.address, who.pid});
}

void admissions::admit(guest_number guest) {
  auto& who = programs_[guest];
  who.state = standing::admitted;
  const lines::guest_joined news{guest_id_of(guest), who.from.fingerprint, who.from.address,
                                 who.pid};
  if (!hall_.admit(guest)) {
    who.state = standing::refused;
    return;
  }
  who.announced = true;
  events_.joined(news);
}

void admissions::let_in(const std::string& guest_id) {
  if (!backend_.program_is_guest()) return for_all_.let_in(guest_id);
  const auto found = programs_.find(guest_numbered(guest_id));
  if (!closed_ && found != programs_.end() && found->second.state == standing::knocking)
    admit(found->first);
}

void admissions::put_out(const std::string& guest_id, std::string text, const std::string& ban) {
  if (!backend_.program_is_guest()) return for_all_.put_out(text);
  // Also when the guest is gone already: its key stays out.
  if (!ban.empty()) banned_.insert(ban);
  const auto number = guest_numbered(guest_id);
  std::vector<guest_number> meant;
  for (const auto& [guest, who] : programs_)
    if (guest == number || (!ban.empty() && who.from.fingerprint == ban)) meant.push_back(guest);
  for (const auto guest : meant) refuse(guest, text);
}

void admissions::refuse(guest_number guest, std::string text) {
  programs_[guest].state = standing::refused;
  hall_.refuse(guest, std::move(text));
}

void admissions::close() {
  closed_ = true;
  loop_.cancel(retry_);
  for_all_.close();
}

std::size_t admissions::open_connections() const {
  const auto matched = book_.matched();
  return static_cast<std::size_t>(std::count_if(
      matched.begin(), matched.end(), [&](const auto& each) { return !backend_.has_left(each); }));
}

void admissions::kill_programs() {
  auto pids = cut_off_;
  for (const auto& [guest, who] : programs_) pids.push_back(who.pid);
  for (const auto pid : pids)
    if (is_descendant(pid, backend_.pid())) kill(pid, SIGKILL);
}

} // namespace termlease::worker
