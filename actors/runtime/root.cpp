#include "actors/runtime/root.hpp"

#include "actors/core/answering.hpp"
#include "actors/core/recording.hpp"
#include "actors/policy/gate.hpp"
#include "actors/shares/session.hpp"
#include "bus/trace/carried.hpp"
#include "messages/answer.hpp"
#include "messages/runtime.hpp"
#include "messages/supervision.hpp"

namespace termlease::actors {

using namespace messages;

namespace {

using too_long = caf::atom_constant<caf::atom("toolong")>;

/// The root's state and turns; lives inside the actor.
class planter {
public:
  planter(caf::event_based_actor* self, shared_environment env, root_options options)
      : self_(self), env_(std::move(env)), options_(std::move(options)), children_(self, env_, {}) {
  }

  void plant() {
    for (auto& each : std::exchange(options_.children, {})) {
      each.gone = [this](const std::string& id, const caf::error& why) {
        env_->log(id + " failed too often (" + self_->system().render(why) + "); the runtime ends");
        stop("a part of it failed too often", 1);
      };
      children_.start(std::move(each));
    }
    note(runtime_started{env_->version, env_->process_id});
    if (options_.journal.cut_bytes > 0) note(journal_recovered{options_.journal.cut_bytes});
  }

  caf::result<answer> status() {
    auto promise = self_->make_response_promise<answer>();
    runtime_status now;
    now.version = env_->version;
    now.pid = env_->process_id;
    now.socket = env_->paths.bus_socket();
    now.journal = env_->paths.journal();
    now.journal_problem = options_.journal.problem.message;
    now.policy = env_->paths.policy_file();
    now.started_at = options_.started_at;
    now.sequence = options_.last_sequence();
    now.clients = options_.clients();
    self_->request(env_->policy, caf::infinite, get_policy_problem::value)
        .then(
            [=](const std::string& problem) mutable {
              now.policy_problem = problem;
              promise.deliver(answer_with(now));
            },
            [promise](caf::error& why) mutable { promise.deliver(std::move(why)); });
    return promise;
  }

  answer tree() const {
    return answer_with(actor_list{env_->actors->view(self_->clock().now().time_since_epoch())});
  }

  /// On the record first, so that nobody looks for another reason.
  caf::result<answer> crash(const caller& from, const crash_actor& wanted) {
    if (env_->settings.supervision.chaos != "allowed")
      throw failed("chaos_forbidden", "no part of this runtime may be made to crash",
                   "set supervision.chaos = \"allowed\" where that is wanted, and start it again");
    const auto path = wanted.actor;
    if (!env_->actors->find(path))
      throw failed("no_such_actor", "there is no actor '" + path.substr(0, 80) + "'",
                   "`termlease tree` lists them");
    action_context about;
    about.actor = from.who;
    about.action = crash_actor::describe().name;
    about.target = path;
    about.causation_id = from.command_id;
    auto promise = self_->make_response_promise<answer>();
    self_
        ->request(env_->journal, record_patience,
                  append{{draft(*env_, about, actor_crashed{path})}})
        .then(
            [=, this](const recorded& done) mutable {
              promise.deliver(done.problem ? answer_with(done.problem) : answer{});
              if (const auto victim = env_->actors->find(path); victim && !done.problem)
                self_->send<caf::message_priority::high>(
                    victim, caf::exit_msg{self_->address(), caf::exit_reason::kill});
            },
            [promise](caf::error& why) mutable { promise.deliver(std::move(why)); });
    return promise;
  }

  /// Guests out first, then the record of the end, then the tree. Terminals stay.
  void stop(const std::string& reason, int status) {
    if (std::exchange(stopping_, true)) return;
    status_ = status;
    reason_ = reason;
    // Longer than any worker's: see shares/worker.cpp.
    const auto patience = env_->settings.shares.end_deadline.chrono() * 2;
    trace::later(self_, patience, too_long::value);
    self_->request(env_->shares, caf::infinite, close_down::value)
        .then([this](const answer&) { record_end(); }, [this](const caf::error&) { record_end(); });
  }

  /// Whoever was to answer crashed, or hangs.
  void waited_long_enough() {
    if (recording_end_) return fell();
    trace::later(self_, record_patience, too_long::value);
    record_end();
  }

  void fell() {
    if (std::exchange(fell_, true)) return;
    children_.stop_all();
    options_.done(status_);
    self_->quit();
  }

  /// The journal first hears what a branch said last: the next one begins with what it knows.
  void restart(const std::string& id) {
    const auto begin = [=, this] { children_.restart(id); };
    if (id == journal_id) return begin();
    self_->request(env_->journal, record_patience, catch_up{})
        .then([=](const recorded&) { begin(); }, [=](const caf::error&) { begin(); });
  }

private:
  void record_end() {
    if (std::exchange(recording_end_, true)) return;
    self_
        ->request(env_->journal, caf::infinite,
                  append{{draft(*env_, {}, runtime_stopped{reason_})}})
        .then([this](const recorded&) { fell(); }, [this](const caf::error&) { fell(); });
  }

  template <class Event> void note(const Event& event) {
    self_->send(env_->journal, keep{{draft(*env_, {}, event)}});
  }

  caf::event_based_actor* self_;
  shared_environment env_;
  root_options options_;
  supervision children_;
  int status_ = 0;
  std::string reason_; ///< why it ends
  bool stopping_ = false;
  bool recording_end_ = false;
  bool fell_ = false;
};

} // namespace

caf::behavior root(caf::event_based_actor* self, shared_environment env, root_options options) {
  auto state = std::make_shared<planter>(self, std::move(env), std::move(options));
  state->plant();
  return {
      [state](const caller&, const get_status&) { return state->status(); },
      [state](const caller&, const get_tree&) { return state->tree(); },
      [state](const caller& from, const crash_actor& wanted) {
        return answered([&] { return state->crash(from, wanted); });
      },
      [state](const caller& from, const stop_runtime&) {
        state->stop("stopped by " + to_text(from.who), 0);
        return answer{};
      },
      [state](stop_now) { state->stop("stopped by a signal", 0); },
      [state](too_long) { state->waited_long_enough(); },
      [state](const restart_child& again) { state->restart(again.id); },
  };
}

} // namespace termlease::actors
