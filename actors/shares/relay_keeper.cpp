#include "actors/shares/relay_keeper.hpp"

#include "actors/core/recording.hpp"
#include "actors/shares/relay_kind.hpp"
#include "bus/trace/carried.hpp"
#include "messages/edges.hpp"
#include "messages/runtime.hpp"

#include <csignal>
#include <map>
#include <vector>

namespace termlease::actors {

using namespace messages;

namespace {

using linger_atom = caf::atom_constant<caf::atom("linger")>;
using late_atom = caf::atom_constant<caf::atom("late")>;

constexpr std::chrono::seconds start_deadline{5};

/// The keeper's state and turns; lives inside the actor.
class keeper {
public:
  using promise = caf::typed_response_promise<relay_address>;

  keeper(caf::event_based_actor* self, shared_environment env, const std::string& backend)
      : self_(self), env_(std::move(env)), kind_(make_relay_kind(self_, env_, backend)) {}

  caf::result<relay_address> acquire(const acquire_relay& wanted) {
    // Before the promise, which takes the sender with it.
    holders_[wanted.share_id] = caf::actor_cast<caf::actor>(self_->current_sender());
    auto made = self_->make_response_promise<relay_address>();
    ++generation_;
    kind_->find([=, this](const relay_programs& programs) { provide(programs, made); },
                [=, this](const failure& why) mutable {
                  holders_.erase(wanted.share_id);
                  made.deliver(without_address(why));
                });
    return made;
  }

  void release(const release_relay& what) {
    if (holders_.erase(what.share_id) == 0 || !holders_.empty() || child_ == 0) return;
    trace::later(self_, kind_->linger().chrono(), linger_atom::value, ++generation_);
  }

  void lingered(std::uint64_t generation) {
    if (generation != generation_ || child_ == 0) return;
    wanted_down_ = true;
    self_->send(env_->processes, signal_child{child_, kind_->end_signal()});
  }

  void started(const child_started& made) {
    if (made.child == 0) return fail(made.problem);
    child_ = made.child;
    trace::later(self_, start_deadline, late_atom::value, made.child);
  }

  void said(const child_line& line) {
    if (line.child != child_) return;
    if (port_ != 0) return guests_in(line.text.text);
    if (kind_->may_be_told(line.text.text)) last_words_ = line.text.text;
    port_ = kind_->port_in(line.text.text);
    if (port_ == 0) return;
    kind_->locate(
        port_,
        [this](const relay_address& where) {
          note(relay_started{kind_->backend(), where.host + ":" + std::to_string(where.port)});
          address_ = where;
          address_.program = client_;
          deliver(address_);
        },
        failing());
  }

  void late(child_id child) {
    if (child == child_ && port_ == 0) self_->send(env_->processes, signal_child{child, SIGKILL});
  }

  void exited(const child_exited& news) {
    if (news.child != child_) return;
    const bool was_up = port_ != 0;
    child_ = 0;
    port_ = 0;
    address_ = {};
    if (was_up)
      note(relay_stopped{kind_->backend(), wanted_down_ ? "no share needs it" : "it died"});
    if (!std::exchange(wanted_down_, false)) {
      if (!was_up && ++tries_ < kind_->tries()) return start();
      fail({"relay_failed",
            std::string("the relay (") + kind_->program() + ") ended: " + last_words_,
            "`termlease doctor` checks it", true});
      for (const auto& [share, holder] : holders_)
        self_->send(holder, relay_gone{"it died", kind_->backend()});
      holders_.clear();
    } else if (!waiting_.empty()) {
      // Asked for again while it was going down.
      kind_->find(
          [this](const relay_programs& found) {
            server_ = found.server;
            start_anew();
          },
          failing());
    }
  }

private:
  void provide(const relay_programs& programs, promise asker) {
    client_ = programs.client;
    if (auto own = kind_->own()) {
      own->program = client_;
      asker.deliver(*own);
      return;
    }
    if (!address_.host.empty() && !wanted_down_ && waiting_.empty()) {
      address_.program = client_;
      asker.deliver(address_);
      return;
    }
    waiting_.push_back(asker);
    if (waiting_.size() > 1 || wanted_down_) return; // the latter: started again by `exited`
    server_ = programs.server;
    kind_->prepare([this] { start_anew(); }, failing());
  }

  void start_anew() {
    tries_ = 0;
    last_words_.clear();
    start();
  }

  void start() { self_->send(env_->processes, spawn_child{kind_->command(server_), {}}); }

  void guests_in(const std::string& line) {
    const auto news = kind_->guest_in(line);
    if (!news) return;
    for (const auto& [share, holder] : holders_) self_->send(holder, *news);
  }

  relay_kind::refusing failing() {
    return [this](const failure& why) { fail(why); };
  }

  static relay_address without_address(const failure& why) {
    relay_address none;
    none.problem = why;
    return none;
  }

  void fail(const failure& why) { deliver(without_address(why)); }

  void deliver(const relay_address& address) {
    for (auto& each : std::exchange(waiting_, {})) each.deliver(address);
  }

  template <class Event> void note(const Event& event) {
    self_->send(env_->journal, keep{{draft(*env_, {}, event)}});
  }

  caf::event_based_actor* self_;
  shared_environment env_;
  std::unique_ptr<relay_kind> kind_;
  std::string client_; ///< programs
  std::string server_;
  relay_address address_; ///< once it is up, and pinned
  std::map<std::string, caf::actor> holders_;
  std::vector<promise> waiting_;
  std::string last_words_;
  child_id child_ = 0;
  std::uint16_t port_ = 0; ///< once it is up
  std::uint64_t generation_ = 0;
  int tries_ = 0;
  bool wanted_down_ = false;
};

} // namespace

caf::behavior relay_keeper(caf::event_based_actor* self, shared_environment env, caf::actor branch,
                           std::string backend) {
  auto state = std::make_shared<keeper>(self, std::move(env), backend);
  // The branch that comes after it knows nothing of this one.
  self->monitor(branch);
  self->set_down_handler([self](const caf::down_msg& news) { self->quit(news.reason); });
  return {
      [state](const acquire_relay& wanted) { return state->acquire(wanted); },
      [state](const release_relay& what) { state->release(what); },
      [state](linger_atom, std::uint64_t generation) { state->lingered(generation); },
      [state](late_atom, child_id child) { state->late(child); },
      [state](const child_started& made) { state->started(made); },
      [state](const child_line& line) { state->said(line); },
      [state](const child_exited& news) { state->exited(news); },
  };
}

} // namespace termlease::actors
