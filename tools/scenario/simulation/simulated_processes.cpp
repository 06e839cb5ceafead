#include "tools/scenario/simulation/simulated_processes.hpp"

#include "actors/core/traced_actor.hpp"
#include "bus/trace/carried.hpp"

#include <algorithm>
#include <csignal>
#include <stdexcept>

namespace termlease::scenario {

using namespace messages;

namespace {

using beat_atom = caf::atom_constant<caf::atom("beat")>;
using gone_atom = caf::atom_constant<caf::atom("gone")>;
using late_atom = caf::atom_constant<caf::atom("late")>;

std::string base_name(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

/// What follows `option`, or nothing.
std::string after(const std::vector<std::string>& argv, const std::string& option) {
  const auto found = std::find(argv.begin(), argv.end(), option);
  return found == argv.end() || found + 1 == argv.end() ? std::string{} : *(found + 1);
}

std::string door_of(const std::string& share) {
  constexpr std::size_t length = 4;
  return share.substr(share.size() - std::min(length, share.size()));
}

failure closed_folder(const std::string& path) {
  return {"bad_folder", "can't start in " + path, {"name another one"}, false};
}

std::string facts_of(const simulated_pane& pane) {
  return pane.session_id + "\t" + pane.pane + "\t" + std::to_string(pane.pid) + "\t" +
         pane.session + "\n";
}

template <class News>
void send_late(caf::event_based_actor* self, const caf::actor& to, span late, const News& news) {
  if (late > span{})
    trace::later_to(self, caf::actor_cast<caf::strong_actor_ptr>(to), late.chrono(), news);
  else
    caf::anon_send(to, news);
}

} // namespace

std::string simulated_child::program() const {
  return base_name(argv.at(0));
}

std::string simulated_child::share_id() const {
  const auto orders = heard<worker_lines::start>();
  return orders.empty() ? std::string{} : orders.front().share_id;
}

caf::actor simulated_processes::spawn_in(caf::actor_system& system) {
  return actors::named("edges/processes", [&] {
    return actors::spawn_traceable(system,
                                   [this](caf::event_based_actor* self) { return edge(self); });
  });
}

caf::behavior simulated_processes::edge(caf::event_based_actor* self) {
  self_ = self;
  const auto sender = [self] { return caf::actor_cast<caf::actor>(self->current_sender()); };
  self->set_down_handler([this](const caf::down_msg& news) { abandon(news.source); });
  return {
      [=, this](const spawn_child& wanted) {
        self->monitor(sender());
        start(wanted, sender());
      },
      [this](const run_program& wanted) { return run(wanted); },
      [=, this](const await_children& of) -> caf::result<children_gone> {
        auto promise = self->make_response_promise<children_gone>();
        waiting_.emplace(of.label, promise);
        tell_waiting();
        return promise;
      },
      [this](const find_process& wanted) { return search(wanted); },
      [this](const write_child& what) {
        if (auto* child = find(what.child)) hear(*child, what.bytes);
      },
      [this](const close_child_input& what) {
        if (auto* child = find(what.child)) close_input(*child);
      },
      [this](const signal_child& what) {
        if (auto* child = find(what.child)) take_signal(*child, what.signal);
      },
      [=, this](const watch_process& what) { watch(what.pid, sender()); },
      [this](beat_atom, child_id id) { beat(id); },
      [this](gone_atom, child_id id) {
        if (auto* child = find(id)) end(*child);
      },
      [this](late_atom, child_id id) {
        if (auto* child = find(id)) take_signal(*child, SIGKILL);
      },
  };
}

void simulated_processes::start(const spawn_child& wanted, const caf::actor& owner) {
  if (closed_folders.contains(wanted.working_directory))
    return caf::anon_send(owner, child_started{0, 0, closed_folder(wanted.working_directory)});
  const bool is_worker = base_name(wanted.argv.at(0)) == "termlease-worker";
  const auto& problem = is_worker ? worker.cannot_start : relay.cannot_start;
  if (problem) return caf::anon_send(owner, child_started{0, 0, problem});
  simulated_child child;
  child.id = children.size() + 1;
  child.argv = wanted.argv;
  child.working_directory = wanted.working_directory;
  child.label = wanted.label;
  child.owner = owner;
  children.push_back(child);
  caf::anon_send(owner, child_started{child.id, next_pid_++, {}});
  come_up(children.back());
}

void simulated_processes::come_up(simulated_child& child) {
  if (child.program() == "tmate-relay" && relay.comes_up)
    say(child, "Accepting connections on 127.0.0.1:" + child.argv.at(1), true);
  if (child.program() == "uptermd" && relay.comes_up)
    say(child, R"({"msg":"starting server","ssh_addr":"127.0.0.1:4001"})");
  if (child.program() == "termlease-worker") arm_heartbeat(child);
}

void simulated_processes::arm_heartbeat(const simulated_child& child) {
  trace::later(self_, child.heartbeat.chrono(), beat_atom::value, child.id);
}

void simulated_processes::beat(child_id id) {
  auto* child = find(id);
  if (child == nullptr) return;
  if (worker.beats) say_line(*child, worker_lines::heartbeat{});
  arm_heartbeat(*child);
}

void simulated_processes::hear(simulated_child& child, const std::string& bytes) {
  if (lines.orders_lost && child.program() == "termlease-worker") return;
  child.told.push_back(bytes.substr(0, bytes.find('\n')));
  if (child.program() != "termlease-worker") return;
  const auto [type, fields] = decode_line(child.told.back());
  const bool starts = type == worker_lines::start::describe().name;
  if (starts) begin(child, decoded<worker_lines::start>(fields));
  if (starts && worker.torn) return exit(child, 1);
  if (starts && worker.gets_ready) {
    auto line = encode_line(worker_lines::ready{worker.link, child.door});
    line.resize(worker.says_half ? line.size() / 2 : line.size() - 1);
    say(child, line);
  }
  obey(child, type, fields);
  if (type != worker_lines::end::describe().name || !worker.obeys_end) return;
  if (worker.end_takes == span{}) return end(child);
  trace::later(self_, worker.end_takes.chrono(), gone_atom::value, child.id);
}

/// What is about one guest, or about what has passed.
void simulated_processes::obey(simulated_child& child, const std::string& type,
                               const json& fields) {
  if (type == worker_lines::count::describe().name) {
    worker_lines::traffic passed;
    for (const auto& [id, guest] : child.guests) passed.guests.push_back({id, 0, 0, {}});
    say_line(child, passed);
  }
  if (!child.door.empty()) return obey_at_relay(child, type, fields);
  const auto found = child.guests.find(fields.value("guest_id", ""));
  if (found == child.guests.end()) return;
  const auto guest = found->second;
  if (type == worker_lines::admit::describe().name)
    say_line(child, worker_lines::guest_joined{guest.guest_id, guest.key_fingerprint, guest.address,
                                               guest.pid});
  if (type != worker_lines::put_out::describe().name) return;
  child.guests.erase(found);
  say_line(child, worker_lines::guest_left{guest.guest_id, {}});
}

void simulated_processes::begin(simulated_child& child, const worker_lines::start& order) {
  child.heartbeat = order.heartbeat;
  if (order.backend == "tmate") child.door = door_of(order.share_id);
}

/// All its guests look at one program, and the relay puts them out.
void simulated_processes::obey_at_relay(simulated_child& child, const std::string& type,
                                        const json& fields) {
  auto stay = child.at_relay.size();
  if (type == worker_lines::door::describe().name) {
    const auto told = decoded<worker_lines::door>(fields);
    child.door_shut = !told.open;
    if (!told.open) stay = told.stay;
  }
  if (type == worker_lines::put_out::describe().name) stay = 0;
  while (child.at_relay.size() > stay) leaves_relay(child, child.at_relay.back());
  if (type == worker_lines::admit::describe().name)
    say_line(child,
             worker_lines::guest_joined{decoded<worker_lines::admit>(fields).guest_id, {}, {}, 0});
}

void simulated_processes::comes_by_relay(simulated_child& by, int guest) {
  if (by.door_shut) return;
  by.at_relay.push_back(guest);
  auto& server = last("tmate-relay");
  const auto door = "[" + by.door + "...] ";
  say(server, door + "Spawning pty client ip=127.0.0.1", true);
  say(server, door + "Client joined (cid=" + std::to_string(guest) + ")", true);
}

void simulated_processes::leaves_relay(simulated_child& by, int guest) {
  if (std::erase(by.at_relay, guest) == 0) return;
  say(last("tmate-relay"), "[" + by.door + "...] Client left (cid=" + std::to_string(guest) + ")",
      true);
}

void simulated_processes::end(simulated_child& child) {
  say_line(child, worker_lines::ended{});
  exit(child, 0);
}

void simulated_processes::close_input(simulated_child& child) {
  if (lines.orders_lost && child.program() == "termlease-worker") return;
  child.input_closed = true;
  if (child.program() != "termlease-worker" || !worker.obeys_end) return;
  if (worker.end_takes == span{}) return exit(child, 0);
  trace::later(self_, worker.end_takes.chrono(), gone_atom::value, child.id);
}

void simulated_processes::abandon(const caf::actor_addr& owner) {
  for (auto& each : children) {
    if (!each.running || each.owner.address() != owner) continue;
    close_input(each);
    if (each.running) take_signal(each, SIGTERM);
    if (each.running) trace::later(self_, grace.chrono(), late_atom::value, each.id);
  }
}

void simulated_processes::tell_waiting() {
  const auto is_done = [this](const std::string& label) {
    return std::none_of(children.begin(), children.end(), [&](const auto& each) {
      return each.running && each.label.starts_with(label);
    });
  };
  for (auto each = waiting_.begin(); each != waiting_.end();) {
    auto waiting = each++;
    if (!is_done(waiting->first)) continue;
    waiting->second.deliver(children_gone{waiting->first});
    waiting_.erase(waiting);
  }
}

void simulated_processes::take_signal(simulated_child& child, int signal) {
  child.signals.push_back(signal);
  if (signal == SIGKILL && (child.program() != "termlease-worker" || worker.dies_at_kill))
    exit(child, 128 + SIGKILL);
  if (signal == SIGTERM && child.program() == "uptermd" && relay.obeys_term) exit(child, 0);
}

simulated_child* simulated_processes::find(child_id id) {
  if (id == 0 || id > children.size() || !children[id - 1].running) return nullptr;
  return &children[id - 1];
}

program_result simulated_processes::run(const run_program& wanted) {
  if (closed_folders.contains(wanted.working_directory))
    return {127, {}, {}, closed_folder(wanted.working_directory)};
  runs.push_back(wanted);
  if (base_name(wanted.argv.at(0)) == "tmux") return run_tmux(wanted.argv);
  if (base_name(wanted.argv.at(0)) == "zellij") return run_zellij(wanted);
  return others ? others(wanted) : program_result{};
}

program_result simulated_processes::run_tmux(const std::vector<std::string>& argv) {
  if (tmux_problem) return {127, {}, {}, tmux_problem};
  const auto is = [&](const char* word) {
    return std::find(argv.begin(), argv.end(), word) != argv.end();
  };
  if (is("new-session")) return {0, facts_of(add_pane(after(argv, "-s"))), {}, {}};
  const auto target = after(argv, "-t");
  const auto found = std::find_if(panes.begin(), panes.end(), [&](const simulated_pane& each) {
    return target == each.session_id || target == each.pane || target == "=" + each.session + ":";
  });
  if (found == panes.end()) return {1, {}, "can't find session: " + target + "\n", {}};
  if (!is("kill-session")) return {0, facts_of(*found), {}, {}};
  kill_session(found);
  return {};
}

void simulated_processes::kill_session(std::deque<simulated_pane>::iterator pane) {
  const auto pid = pane->pid;
  killed_sessions.insert(pane->session_id);
  panes.erase(pane);
  if (tmux_hangs_up) tell_watchers(pid);
}

simulated_pane& simulated_processes::add_pane(const std::string& session,
                                              const std::string& zellij_sockets) {
  const auto number = std::to_string(next_pid_);
  if (zellij_sockets.empty())
    panes.push_back({"$" + number, session, "%" + number, next_pid_++});
  else
    panes.push_back({session, session, "terminal_0", next_pid_++, zellij_sockets});
  return panes.back();
}

void simulated_processes::end_pane(const std::string& session) {
  const auto found = std::find_if(panes.begin(), panes.end(),
                                  [&](const auto& each) { return each.session == session; });
  if (found == panes.end()) throw std::runtime_error("no pane of " + session);
  const auto pid = found->pid;
  panes.erase(found);
  tell_watchers(pid);
}

void simulated_processes::runtime_gone() {
  for (auto& each : children) {
    each.running = false;
    each.owner = nullptr;
  }
  watchers_.clear();
  waiting_.clear();
}

void simulated_processes::watch(std::int32_t pid, const caf::actor& owner) {
  const bool alive =
      std::any_of(panes.begin(), panes.end(), [&](const auto& each) { return each.pid == pid; });
  if (!alive) return caf::anon_send(owner, process_gone{pid});
  watchers_.emplace(pid, owner);
}

void simulated_processes::tell_watchers(std::int32_t pid) {
  const auto [first, last] = watchers_.equal_range(pid);
  for (auto each = first; each != last; ++each) caf::anon_send(each->second, process_gone{pid});
  watchers_.erase(first, last);
}

simulated_child& simulated_processes::last(const std::string& program) {
  const auto found = std::find_if(children.rbegin(), children.rend(),
                                  [&](const auto& each) { return each.program() == program; });
  if (found == children.rend()) throw std::runtime_error("no " + program + " was started");
  return *found;
}

simulated_child& simulated_processes::last_relay() {
  const auto found = std::find_if(children.rbegin(), children.rend(), [](const auto& each) {
    return each.program() == "uptermd" || each.program() == "tmate-relay";
  });
  if (found == children.rend()) throw std::runtime_error("no relay was started");
  return *found;
}

std::size_t simulated_processes::running(const std::string& program) const {
  return static_cast<std::size_t>(
      std::count_if(children.begin(), children.end(),
                    [&](const auto& each) { return each.running && each.program() == program; }));
}

void simulated_processes::say(simulated_child& child, const std::string& line, bool is_error) {
  const auto how = child.program() == "termlease-worker" ? lines : line_manners{};
  if (how.lost) return;
  const child_line said{child.id, {line}, is_error};
  for (int times = how.repeated ? 2 : 1; times > 0; --times) {
    auto late = how.late;
    if (how.up_to_late > span{})
      late.ms += static_cast<std::int64_t>(static_cast<double>(how.up_to_late.ms) * random());
    child.quiet_at = std::max(child.quiet_at, self_->clock().now() + late.chrono());
    send_late(self_, child.owner, late, said);
  }
}

void simulated_processes::exit(simulated_child& child, int status) {
  if (!std::exchange(child.running, false)) return;
  const auto left =
      std::max(child.quiet_at - self_->clock().now(), caf::actor_clock::duration_type{});
  send_late(self_, std::exchange(child.owner, nullptr),
            {std::chrono::duration_cast<std::chrono::milliseconds>(left).count()},
            child_exited{child.id, status});
  tell_waiting();
}

} // namespace termlease::scenario
