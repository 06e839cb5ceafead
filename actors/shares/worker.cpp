#include "actors/shares/worker.hpp"

#include "actors/shares/reaping.hpp"
#include "bus/trace/carried.hpp"
#include "bus/trace/system.hpp"
#include "messages/edges.hpp"

#include <csignal>

namespace termlease::actors {

using namespace messages;

namespace {

using silent_atom = caf::atom_constant<caf::atom("silent")>;
using overdue_atom = caf::atom_constant<caf::atom("overdue")>;
using unready_atom = caf::atom_constant<caf::atom("unready")>;

/// When a worker is killed that was told to end: it ends within the deadline by itself, and a busy
/// machine gets a third of that on top.
std::chrono::milliseconds patience_with(const worker_lines::start& order) {
  return order.end_deadline.chrono() * 4 / 3;
}

/// The worker's state and turns; lives inside the actor.
class handler {
public:
  handler(caf::event_based_actor* self, shared_environment env, caf::actor share,
          worker_lines::start order)
      : self_(self), env_(std::move(env)), share_(std::move(share)), order_(std::move(order)) {}

  void start() {
    self_->send(env_->processes, spawn_child{{env_->worker_program},
                                             order_.work_dir,
                                             worker_label(order_.share_id, order_.work_dir)});
  }

  void started(const child_started& made) {
    if (made.child == 0) return finish({0, made.problem});
    child_ = made.child;
    say(order_);
    if (ending_) {
      ending_ = false;
      end(end_);
    }
    heard_at_ = self_->clock().now();
    look_again();
    trace::later(self_, order_.start_deadline.chrono() * 4 / 3, unready_atom::value);
  }

  /// It should have said by itself that there is no link; perhaps it never heard of its share.
  void still_unready() {
    if (!ready_ && !ending_) give_up("the share's worker gave no link in time");
  }

  /// Another share's, or another part of the same one.
  void work_for(caf::actor share) {
    self_->demonitor(share_);
    share_ = std::move(share);
    self_->monitor(share_);
  }

  bool works_for(const caf::actor_addr& share) const { return share_.address() == share; }

  template <class Line> void pass_down(const Line& line) { say(line); }

  caf::result<worker_lines::traffic> count(const worker_lines::count& question) {
    auto promise = self_->make_response_promise<worker_lines::traffic>();
    counts_.push_back(promise);
    say(question);
    return promise;
  }

  void end(const worker_lines::end& why) {
    if (ending_) return;
    ending_ = true;
    end_ = why;
    if (child_ == 0) return; // said as soon as it runs
    say(why);
    trace::later(self_, patience_with(order_), overdue_atom::value);
  }

  void heard(const child_line& line) {
    heard_at_ = self_->clock().now();
    if (line.is_error) return env_->log("worker " + order_.share_id + ": " + line.text.text);
    try {
      auto [type, fields] = decode_line(line.text.text);
      if (type == worker_lines::heartbeat::describe().name) return say(worker_lines::heartbeat{});
      if (type == worker_lines::ended::describe().name) return;
      if (type == worker_lines::traffic::describe().name)
        return counted(decoded<worker_lines::traffic>(fields));
      ready_ |= type == worker_lines::ready::describe().name;
      const bool known = pass_on<worker_lines::ready>(type, fields) ||
                         pass_on<worker_lines::relay_away>(type, fields) ||
                         pass_on<worker_lines::link_changed>(type, fields) ||
                         pass_on<worker_lines::guest_knocks>(type, fields) ||
                         pass_on<worker_lines::problem>(type, fields) ||
                         pass_on<worker_lines::guest_joined>(type, fields) ||
                         pass_on<worker_lines::guest_left>(type, fields);
      if (!known) throw failed("bad_line", "'" + type + "' means nothing");
    } catch (const failed& why) {
      self_->send(share_, worker_lines::problem{
                              {"bad_line",
                               "the share's worker said what can't be read: " + why.why().message,
                               "share again; the log may tell more", true}});
    }
  }

  void exited(const child_exited& news) {
    child_ = 0;
    finish({news.status, {}});
  }

  /// No line for too long: it hangs.
  void look() {
    if (self_->clock().now() < silent_at()) return look_again();
    give_up("the share's worker hangs");
  }

  void kill() {
    if (child_ != 0) self_->send(env_->processes, signal_child{child_, SIGKILL});
  }

private:
  caf::actor_clock::time_point silent_at() const {
    return heard_at_ + order_.heartbeat.chrono() * worker_lines::heartbeats_missed;
  }

  void look_again() { trace::later(self_, silent_at() - self_->clock().now(), silent_atom::value); }

  void give_up(const char* why) {
    self_->send(share_, worker_lines::problem{{"worker_hung", why, "share again", true}});
    kill();
  }

  template <class Line> void say(const Line& line) {
    if (child_ == 0) return;
    self_->send(env_->processes,
                write_child{child_, encode_line(line, trace::here_as_span(*self_))});
  }

  template <class Line> bool pass_on(const std::string& type, const json& fields) {
    if (type != Line::describe().name) return false;
    self_->send(share_, decoded<Line>(fields));
    return true;
  }

  void counted(const worker_lines::traffic& passed) {
    for (auto& each : std::exchange(counts_, {})) each.deliver(passed);
  }

  void finish(worker_gone news) {
    self_->send(share_, std::move(news));
    self_->quit();
  }

  caf::event_based_actor* self_;
  shared_environment env_;
  caf::actor share_;
  worker_lines::start order_;
  worker_lines::end end_;
  std::vector<caf::typed_response_promise<worker_lines::traffic>> counts_;
  child_id child_ = 0;
  caf::actor_clock::time_point heard_at_; ///< when it said its last line
  bool ready_ = false;                    ///< it has said its link
  bool ending_ = false;
};

} // namespace

caf::behavior share_worker(caf::event_based_actor* self, shared_environment env, caf::actor share,
                           worker_lines::start order) {
  // What this owns ends with it, by the edge.
  self->monitor(share);
  auto state = std::make_shared<handler>(self, std::move(env), std::move(share), std::move(order));
  self->set_down_handler([self, state](const caf::down_msg& news) {
    if (state->works_for(news.source)) self->quit();
  });
  state->start();
  return {
      [state](work_for, const caf::actor& heir) { state->work_for(heir); },
      [state](const worker_lines::status& line) { state->pass_down(line); },
      [state](const worker_lines::admit& line) { state->pass_down(line); },
      [state](const worker_lines::put_out& line) { state->pass_down(line); },
      [state](const worker_lines::door& line) { state->pass_down(line); },
      [state](const worker_lines::set_mode& line) { state->pass_down(line); },
      [state](const worker_lines::count& question) { return state->count(question); },
      [state](const worker_lines::end& why) { state->end(why); },
      [state](const child_started& made) { state->started(made); },
      [state](const child_line& line) { state->heard(line); },
      [state](const child_exited& news) { state->exited(news); },
      [state](silent_atom) { state->look(); },
      [state](overdue_atom) { state->kill(); },
      [state](unready_atom) { state->still_unready(); },
  };
}

} // namespace termlease::actors
