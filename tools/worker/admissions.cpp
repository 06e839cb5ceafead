#include "tools/worker/admissions.hpp"

#include "tools/worker/descendants.hpp"

#include <algorithm>
#include <csignal>

namespace termlease::worker {

namespace {

constexpr std::chrono::milliseconds retry_after{100};

constexpr const char* not_found =
    "Your key could not be determined: refused. Please connect again.";
constexpr const char* not_clear = "It is not clear whose session this is: refused. Please connect "
                                  "again, without connection sharing.";

} // namespace

admissions::admissions(loop& events, hall& guests, backend& door, admission_events callbacks)
    : loop_(events), hall_(guests), backend_(door), events_(std::move(callbacks)) {}

admissions::~admissions() {
  loop_.cancel(retry_);
}

void admissions::arrived(guest_number guest, pid_t pid) {
  if (closed_) return; // the hall is telling everybody to leave
  programs_[guest] = {pid, loop::clock::now()};
  if (auto objection = backend_.objection_to(pid); !objection.empty())
    return refuse(guest, std::move(objection));
  look_again();
}

void admissions::left(guest_number guest) {
  const auto found = programs_.find(guest);
  if (found == programs_.end()) return;
  const bool admitted = found->second.state == standing::admitted;
  if (closed_) cut_off_.push_back(found->second.pid);
  programs_.erase(found);
  if (admitted) events_.left({"g" + std::to_string(guest)});
}

bool admissions::anyone_waits() const {
  return !closed_ && std::any_of(programs_.begin(), programs_.end(), [](const auto& each) {
    return each.second.state == standing::waiting;
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
  for (const auto guest : waiting) {
    const auto who = programs_.find(guest);
    if (closed_ || who == programs_.end()) continue;
    const auto found = book_.find(who->second.arrived, now);
    if (found.outcome == verdict::matched) admit(guest, found.who);
    if (found.outcome == verdict::ambiguous) refuse(guest, not_clear);
    if (found.outcome == verdict::unknown) refuse(guest, not_found);
  }
}

void admissions::admit(guest_number guest, const connection& from) {
  auto& who = programs_[guest];
  who.state = standing::admitted;
  const auto pid = who.pid;
  hall_.admit(guest);
  events_.joined({"g" + std::to_string(guest), from.fingerprint, from.address, pid});
}

void admissions::refuse(guest_number guest, std::string text) {
  programs_[guest].state = standing::refused;
  hall_.refuse(guest, std::move(text));
}

void admissions::close() {
  closed_ = true;
  loop_.cancel(retry_);
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
