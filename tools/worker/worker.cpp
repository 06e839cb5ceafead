#include "tools/worker/worker.hpp"

#include "messages/failure.hpp"
#include "tools/worker/pane.hpp"
#include "tools/worker/relay_watch.hpp"
#include "tools/worker/work_dir.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace termlease::worker {

using messages::end_reason;
using messages::farewell;
namespace lines = messages::worker_lines;

worker::worker(loop& events, int in, int out, drivers with)
    : loop_(events), drivers_(with), in_(in), answers_(events, out, [this] { runtime_gone(); }) {
  fcntl(in_, F_SETFL, fcntl(in_, F_GETFL) | O_NONBLOCK);
  loop_.watch(in_, EPOLLIN, [this](std::uint32_t) { read_orders(); });
}

worker::~worker() {
  close_doors();
}

void worker::read_orders() {
  std::array<char, 8192> part; // NOLINT: filled by read
  const auto count = read(in_, part.data(), part.size());
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) {
    loop_.forget(in_);
    return runtime_gone();
  }
  const bool fine = orders_.feed({part.data(), static_cast<std::size_t>(count)},
                                 [this](std::string_view line) { obey(line); });
  if (fine) return;
  loop_.forget(in_);
  fail({{"bad_line", "a line of the worker's protocol is longer than 1 MiB", ""}, false, false});
}

void worker::obey(std::string_view line) try {
  if (ending_) return;
  heard_ = loop::clock::now();
  std::string cause;
  const auto [type, fields] = messages::decode_line(line, &cause);
  if (type == lines::heartbeat::describe().name && share_) return;
  // What happens later follows from what was ordered, not from a question that was answered.
  if (type != lines::count::describe().name) cause_ = std::move(cause);
  if (type == "start" && !share_) return begin(fields);
  if (type == "end") return end(messages::decoded<lines::end>(fields).text);
  if (!share_ || !hall_ || !obey_in_hall(type, fields))
    throw messages::failed("bad_line",
                           "an unknown or misplaced line: '" + type.substr(0, 40) + "'");

} catch (const messages::failed& error) {

  fail({error.why(), false, false});
}

/// False for a line that is not about the guests.
bool worker::obey_in_hall(std::string_view type, const messages::json& fields) {
  if (type == "status") {
    auto [text, alert] = messages::decoded<lines::status>(fields);
    hall_->set_status(std::move(text), alert);
  } else if (type == "admit") {
    admissions_->let_in(messages::decoded<lines::admit>(fields).guest_id);
  } else if (type == "put_out") {
    auto [guest, text, ban] = messages::decoded<lines::put_out>(fields);
    admissions_->put_out(guest, std::move(text), ban);
  } else if (type == "door") {
    const auto [open, stay] = messages::decoded<lines::door>(fields);
    admissions_->set_door(open, stay);
  } else if (type == "set_mode") {
    const auto [guest, mode] = messages::decoded<lines::set_mode>(fields);
    if (const auto number = guest_numbered(guest); number != 0 || guest.empty())
      hall_->set_mode(number, mode);
  } else if (type == "count") {
    lines::traffic told;
    for (const auto& [guest, in, out, idle] : hall_->passages())
      if (backend_->program_is_guest())
        told.guests.push_back({guest_id_of(guest), in, out, {idle.count()}});
    say(told);
  } else {
    return false;
  }
  return true;
}

void worker::begin(const messages::json& order) {
  auto wanted = messages::decoded<lines::start>(order);
  folder_ = make_own_dir(wanted.work_dir);
  share_ = std::move(wanted);
  beat();
  // The backend takes longest to start, so it goes first; its link comes only through this same
  // loop.
  backend_ = make_backend(drivers_.backends,
                          {loop_, *share_, folder_, guest_socket(),
                           backend_events{[this](way_in way) {
                                            opened(lines::ready{way.link, way.door});
                                          },
                                          [this] {
                                            // Nobody is in by the next one.
                                            if (admissions_) admissions_->set_door(true, 0);
                                            say(lines::relay_away{});
                                          },
                                          [this](way_in way) {
                                            opened(lines::link_changed{way.link, way.door});
                                          },
                                          [this](lines::problem why) { fail(std::move(why)); },
                                          [this] {
                                            if (admissions_) admissions_->look_again();
                                            go_on_soon();
                                          }}});
  backend_->start();
  open_doors();
}

template <class Line> void worker::opened(Line way) {
  say(way);
  // Nobody waits for this any more.
  loop_.after({}, [this] {
    const auto patience = lines::heartbeats_missed * share_->heartbeat.chrono();
    watch_connections(backend_->pid(), share_->relay_port, patience);
  });
}

void worker::open_doors() {
  hall_options options{guest_socket(),          share_->mode,
                       share_->max_guests,      share_->terminal_name,
                       share_->status,          share_->recordings,
                       share_->recording_limit, share_->guests_before,
                       drivers_.mirrors,        !backend_->program_is_guest()};
  hall_events callbacks;
  callbacks.arrived = [this](guest_number guest, pid_t pid) { admissions_->arrived(guest, pid); };
  callbacks.left = [this](guest_number guest, std::string recording) {
    admissions_->left(guest, std::move(recording));
    go_on_soon();
  };
  callbacks.terminal_gone = [this](messages::failure why) { fail({std::move(why), false, true}); };
  hall_ = std::make_unique<hall>(loop_, pane_of(*share_), std::move(options), std::move(callbacks));
  admissions_.emplace(loop_, *hall_, *backend_, share_->knock,
                      admission_events{[this](const lines::guest_knocks& line) { say(line); },
                                       [this](const lines::guest_joined& line) { say(line); },
                                       [this](const lines::guest_left& line) { say(line); }});
}

void worker::beat() {
  if (share_->heartbeat.ms <= 0)
    throw messages::failed("bad_start", "the heartbeat's interval must be longer than zero");
  beat_ = loop::clock::now();
  loop_.after(share_->heartbeat.chrono(), [this] {
    check_runtime();
    answers_.write(messages::encode_line(lines::heartbeat{}));
    beat();
  });
}

/// A runtime that hangs can revoke nothing and warns nobody: the door is closed first, and why is
/// asked later.
void worker::check_runtime() {
  const auto now = loop::clock::now();
  const auto interval = share_->heartbeat.chrono();
  if (now - beat_ > 2 * interval) heard_ = now; // it was this process that stood still
  // Looked at once an interval, and a beat is answered a moment after it.
  if (now - heard_ < lines::heartbeats_missed * interval - interval / 2) return;
  fail({{"runtime_hung", "its runtime hangs", "see its log, and start it again", true},
        false,
        false});
}

void worker::runtime_gone() {
  end(farewell(end_reason::runtime_restarted, "its runtime is gone"));
}

void worker::fail(lines::problem why) {
  if (ending_) return; // it ends already, for a better reason
  auto text = farewell(why.reason(), why.why.message);
  failure_ = std::move(why);
  end(std::move(text));
}

} // namespace termlease::worker
