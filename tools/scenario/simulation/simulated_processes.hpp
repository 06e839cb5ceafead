#pragma once

// Why: the twin of the process edge (actors/edges/processes.hpp). Programs are played: a tmux and a
// zellij with their sessions, a relay that comes up, and a share's worker whose manners a test
// sets. Whatever a real one can do wrong, a played one can be told to do.

#include "messages/edges.hpp"
#include "messages/worker_lines.hpp"

#include <caf/all.hpp>

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace termlease::scenario {

/// One long-running program as the edge's user sees it.
struct simulated_child {
  messages::child_id id = 0;
  std::vector<std::string> argv;
  std::string working_directory;
  std::string label;
  caf::actor owner;
  std::vector<std::string> told; ///< whole lines, without the newline
  std::vector<int> signals;
  std::map<std::string, messages::worker_lines::guest_knocks> guests; ///< in, or at the door
  /// What the relay calls its share in what it says of its guests; empty when it says nothing.
  std::string door;
  std::vector<int> at_relay; ///< numbers of those who are in where only the relay tells of them
  bool door_shut = false;    ///< to whoever comes by that relay
  /// When the last of its lines that are late is there: its end is never told before.
  caf::actor_clock::time_point quiet_at{};
  messages::span heartbeat = messages::worker_lines::start{}.heartbeat;
  int links = 1; ///< how many its share has had
  bool input_closed = false;
  bool running = true;

  std::string program() const;
  /// The share that a worker was told to open; empty until then, and for other programs.
  std::string share_id() const;

  /// What it was told that was a `Line` of the worker's protocol.
  template <class Line> std::vector<Line> heard() const {
    std::vector<Line> lines;
    for (const auto& each : told) {
      auto [type, fields] = messages::decode_line(each);
      if (type == Line::describe().name) lines.push_back(messages::decoded<Line>(fields));
    }
    return lines;
  }
};

/// How a worker behaves that was not told otherwise: perfectly.
struct worker_manners {
  messages::failure cannot_start;
  bool gets_ready = true;
  bool beats = true;     ///< sends heartbeats
  bool obeys_end = true; ///< ends when told, or when its stdin closes
  bool dies_at_kill = true;
  bool torn = false;        ///< it dies in the midst of saying its link
  bool says_half = false;   ///< it says half of it, and lives on
  messages::span end_takes; ///< zero: it ends at once
  std::string link = "ssh secret-link@127.0.0.1 -p 4001";
};

/// What becomes of the lines that workers say and are told.
struct line_manners {
  bool lost = false;
  bool orders_lost = false; ///< what workers are told, the end of their stdin included
  bool repeated = false;
  messages::span late;       ///< zero: at once
  messages::span up_to_late; ///< each by another time up to this, so that they overtake each other
};

struct relay_manners {
  messages::failure cannot_start;
  bool comes_up = true;
  bool obeys_term = true; ///< ends at once on SIGTERM
};

/// One pane of the played tmux or zellij.
struct simulated_pane {
  std::string session_id; ///< of zellij: its name
  std::string session;
  std::string pane;
  std::int32_t pid = 0;
  std::string sockets{}; ///< of zellij: the folder that its session's socket is in
};

/// Panes outlive a runtime; the rest of this is for one.
class simulated_processes {
public:
  caf::actor spawn_in(caf::actor_system& system);

  worker_manners worker;
  line_manners lines;
  std::function<double()> random = [] { return 0.0; }; ///< in [0, 1), from the seed
  relay_manners relay;
  messages::failure tmux_problem;       ///< while set, tmux can't be run, nor can zellij
  std::set<std::string> closed_folders; ///< nothing can start in them
  bool tmux_hangs_up = true;            ///< a killed session's program ends by it
  /// Plays short programs other than tmux; without it they succeed and say nothing.
  std::function<messages::program_result(const messages::run_program&)> others;

  std::deque<simulated_pane> panes;
  std::set<std::string> killed_sessions; ///< ids of those that tmux was told to end
  std::deque<simulated_child> children;  ///< all that were ever started, in order
  std::vector<messages::run_program> runs;

  /// A program as if it had been started outside of the runtime.
  simulated_pane& add_pane(const std::string& session, const std::string& zellij_sockets = {});
  /// A pane's first process ends.
  void end_pane(const std::string& session);

  /// The youngest child that runs `program`; throws when there is none.
  simulated_child& last(const std::string& program);
  /// The youngest relay of whichever backend; throws when there is none.
  simulated_child& last_relay();
  std::size_t running(const std::string& program) const;

  void say(simulated_child& child, const std::string& line, bool is_error = false);

  template <class Line> void say_line(simulated_child& child, const Line& line) {
    auto text = messages::encode_line(line);
    text.pop_back();
    say(child, text);
  }

  /// A guest of that worker comes by the relay that alone tells of it, unless the door is shut.
  void comes_by_relay(simulated_child& by, int guest);
  void leaves_relay(simulated_child& by, int guest);

  void exit(simulated_child& child, int status);

  /// The runtime is gone: what it started ends with it, and nobody is told.
  void runtime_gone();

private:
  caf::behavior edge(caf::event_based_actor* self);
  void start(const messages::spawn_child& wanted, const caf::actor& owner);
  void come_up(simulated_child& child);
  void hear(simulated_child& child, const std::string& bytes);
  void close_input(simulated_child& child);
  void abandon(const caf::actor_addr& owner);
  void tell_waiting();
  void take_signal(simulated_child& child, int signal);
  void beat(messages::child_id id);
  void obey(simulated_child& child, const std::string& type, const messages::json& fields);
  void begin(simulated_child& child, const messages::worker_lines::start& order);
  void obey_at_relay(simulated_child& child, const std::string& type, const messages::json& fields);
  void end(simulated_child& child);
  void arm_heartbeat(const simulated_child& child);
  simulated_child* find(messages::child_id id);
  messages::program_result run(const messages::run_program& wanted);
  messages::program_result run_tmux(const std::vector<std::string>& argv);
  messages::program_result run_zellij(const messages::run_program& wanted);
  messages::process_found search(const messages::find_process& wanted) const;
  void kill_session(std::deque<simulated_pane>::iterator pane);
  void watch(std::int32_t pid, const caf::actor& owner);
  void tell_watchers(std::int32_t pid);

  static constexpr messages::span grace = messages::seconds(4); ///< for what nobody owns

  caf::event_based_actor* self_ = nullptr;
  std::multimap<std::string, caf::typed_response_promise<messages::children_gone>> waiting_;
  std::multimap<std::int32_t, caf::actor> watchers_;
  std::int32_t next_pid_ = 5000;
};

} // namespace termlease::scenario
