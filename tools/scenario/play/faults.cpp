#include "tools/scenario/play/faults.hpp"

#include "messages/failure.hpp"
#include "tools/worker/ending.hpp"

#include <functional>
#include <map>

namespace termlease::scenario {

using namespace messages;

namespace {

/// What a switch of a fault may look at.
struct scene {
  world& in;
  machine& on;
  const json& words;
  const std::string& share;
  bool wrong;

  std::string text(const char* key, const char* otherwise = "") const {
    return words.value(key, otherwise);
  }

  /// Set while something is wrong.
  failure only_if_wrong(const char* code, const char* message) const {
    return wrong ? failure{code, message, {"try again later"}, true} : failure{};
  }
};

using action = std::function<void(const scene&)>;

void worker_reports(const scene& s) {
  worker_lines::problem what;
  what.why = {"worker_problem", s.text("why"), {"share again"}, true};
  what.relay_lost = s.words.value("relay_lost", false);
  what.terminal_gone = s.words.value("terminal_gone", false);
  auto& worker = s.in.worker_of(s.share);
  s.in.processes().say_line(worker, what);
  s.in.processes().exit(worker, 0);
}

std::string terminal_called(const scene& s, const std::string& name) {
  if (name.empty()) return s.in.youngest_of("terminals");
  for (const auto& each : s.in.records())
    if (each.event_type == terminal_spawned::describe().name)
      if (const auto made = decoded<terminal_spawned>(json::parse(each.metadata.text)).terminal;
          made.name == name)
        return made.terminal_id;
  throw failed("bad_scenario", "there never was a terminal called " + name, "");
}

/// Where in the tree an actor is that a scenario names.
std::string path_of(const scene& s, const std::string& actor) {
  const auto share = "shares/" + (s.share.empty() ? s.in.youngest_of("shares") : s.share);
  if (actor == "session") return share;
  if (actor == "ttl clock" || actor == "share worker") return share + "/" + actor;
  if (actor == "terminal") return "terminals/" + terminal_called(s, s.text("terminal"));
  return actor;
}

void crash(const scene& s) {
  const auto path = path_of(s, s.text("actor"));
  // A branch that is just being restarted comes back; what belonged to one share does not.
  if (path.find('/') != std::string::npos && !s.in.lives(path))
    throw failed("bad_scenario", "'" + path + "' is not there any more", "");
  caf::anon_send_exit(s.in.part(path), caf::exit_reason::kill);
}

/// Nothing that a worker tells them reaches them, and it lets them go in its own time.
void guests_read_nothing(const scene& s) {
  const auto whole = s.on.settings.shares.end_deadline.chrono();
  const auto limit = limit_of(worker::end_step::guests_leaving, {whole, whole});
  const auto by = s.text("by");
  s.on.processes.worker.end_takes = {};
  if (s.wrong) s.on.processes.worker.end_takes = by.empty() ? span{limit.count()} : parse_span(by);
}

const std::map<std::string, action>& once() {
  static const std::map<std::string, action> list{
      {"worker exits",
       [](const scene& s) {
         s.in.processes().exit(s.in.worker_of(s.share), s.words.value("status", 137));
       }},
      {"worker says",
       [](const scene& s) { s.in.processes().say(s.in.worker_of(s.share), s.text("line")); }},
      {"worker reports", worker_reports},
      {"relay is away",
       [](const scene& s) {
         s.in.processes().say_line(s.in.worker_of(s.share), messages::worker_lines::relay_away{});
       }},
      {"link changes",
       [](const scene& s) {
         auto& worker = s.in.worker_of(s.share);
         worker.at_relay.clear();
         const auto link =
             "ssh secret-link-" + std::to_string(++worker.links) + "@127.0.0.1 -p 4001";
         s.in.processes().say_line(worker, messages::worker_lines::link_changed{link, worker.door});
       }},
      {"relay exits",
       [](const scene& s) { s.in.processes().exit(s.in.processes().last_relay(), 1); }},
      {"terminal dies",
       [](const scene& s) {
         const auto name = s.text("terminal");
         if (name.empty() && s.on.processes.panes.empty())
           throw failed("bad_scenario", "there is no terminal that could die", "");
         s.in.processes().end_pane(name.empty() ? s.on.processes.panes.front().session : name);
       }},
      {"clock set",
       [](const scene& s) {
         auto by = s.text("by");
         const bool back = by.starts_with('-');
         const auto far = parse_span(back ? by.substr(1) : by);
         s.in.time().set_wall_clock(back ? s.in.now() - far : s.in.now() + far);
       }},
      {"machine sleeps", [](const scene& s) { s.in.time().sleep(parse_span(s.text("for"))); }},
      {"crash", crash},
      {"policy broken", [](const scene& s) { s.on.policy->replace("version = 1\n[[rule]\n"); }},
  };
  return list;
}

const std::map<std::string, action>& lasting() {
  static const std::map<std::string, action> list{
      {"worker can't start",
       [](const scene& s) {
         s.on.processes.worker.cannot_start =
             s.only_if_wrong("spawn_failed", "it can't be executed");
       }},
      {"worker never ready", [](const scene& s) { s.on.processes.worker.gets_ready = !s.wrong; }},
      {"worker torn", [](const scene& s) { s.on.processes.worker.torn = s.wrong; }},
      {"worker silent", [](const scene& s) { s.on.processes.worker.beats = !s.wrong; }},
      {"worker ignores end", [](const scene& s) { s.on.processes.worker.obeys_end = !s.wrong; }},
      {"worker survives kill",
       [](const scene& s) { s.on.processes.worker.dies_at_kill = !s.wrong; }},
      {"guests read nothing", guests_read_nothing},
      {"worker says half", [](const scene& s) { s.on.processes.worker.says_half = s.wrong; }},
      {"orders lost", [](const scene& s) { s.on.processes.lines.orders_lost = s.wrong; }},
      {"lines lost", [](const scene& s) { s.on.processes.lines.lost = s.wrong; }},
      {"lines repeated", [](const scene& s) { s.on.processes.lines.repeated = s.wrong; }},
      {"lines late",
       [](const scene& s) {
         s.on.processes.lines.late = s.wrong ? parse_span(s.text("by", "1s")) : span{};
       }},
      {"lines reordered",
       [](const scene& s) {
         s.on.processes.lines.up_to_late = s.wrong ? parse_span(s.text("by", "1s")) : span{};
       }},
      {"relay can't start",
       [](const scene& s) {
         s.on.processes.relay.cannot_start =
             s.only_if_wrong("spawn_failed", "it can't be executed");
       }},
      {"relay never up", [](const scene& s) { s.on.processes.relay.comes_up = !s.wrong; }},
      {"tmux fails",
       [](const scene& s) {
         s.on.processes.tmux_problem = s.only_if_wrong("program_hung", "tmux did not end in time");
       }},
      {"no upterm",
       [](const scene& s) {
         if (s.wrong)
           s.on.installed.erase("upterm");
         else
           s.on.installed.insert("upterm");
       }},
      {"disk full",
       [](const scene& s) {
         s.on.disk.problem = s.only_if_wrong("journal_full", "no space is left for the journal");
       }},
      {"disk hangs", [](const scene& s) { s.wrong ? s.on.disk.hold() : s.on.disk.release(); }},
      {"files fail",
       [](const scene& s) {
         s.on.files.problem = s.only_if_wrong("file_failed", "no space is left");
       }},
      {"alarms late", [](const scene& s) { s.in.alarms().late_rings = s.wrong; }},
  };
  return list;
}

} // namespace

void turn(world& in, machine& on, const std::string& fault, const json& words,
          const std::string& share, bool wrong) {
  const scene here{in, on, words, share, wrong};
  if (const auto found = lasting().find(fault); found != lasting().end()) {
    found->second(here);
  } else if (!wrong) {
    throw failed("bad_scenario", "'" + fault + "' happens once: it can't be repaired", "");
  } else {
    once().at(fault)(here);
  }
}

} // namespace termlease::scenario
