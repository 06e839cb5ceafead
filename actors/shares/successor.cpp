#include "actors/shares/successor.hpp"

#include "actors/core/supervision.hpp"
#include "actors/shares/reaping.hpp"
#include "actors/shares/session.hpp"
#include "actors/shares/worker.hpp"
#include "messages/edges.hpp"

namespace termlease::actors {

using namespace messages;

worker_lines::start with_relay(worker_lines::start order, const relay_address& relay) {
  order.relay_host = relay.host;
  order.relay_port = relay.port;
  order.known_hosts = relay.known_hosts;
  order.relay_rsa = relay.rsa;
  order.relay_ed25519 = relay.ed25519;
  order.program = relay.program;
  return order;
}

namespace {

/// The holder's state and turns; lives inside the actor.
class holder {
public:
  holder(caf::event_based_actor* self, shared_environment env, caf::actor share, succession wanted)
      : self_(self), env_(std::move(env)), share_(std::move(share)), wanted_(std::move(wanted)),
        children_(self, env_, "shares/" + wanted_.share_id + "/successor") {
    self_->monitor(share_);
    children_.on_other_down([this](const caf::down_msg&) { self_->quit(); });
  }

  void begin() {
    const auto no_relay = failure{"relay_failed", "the relay failed", "try again", true};
    self_->request(env_->relays, caf::infinite, acquire_relay{wanted_.backend, wanted_.share_id})
        .then(
            [this](const relay_address& relay) {
              relay.problem ? leave(relay.problem) : make_folder(relay);
            },
            [=, this](const caf::error&) { leave(no_relay); });
  }

  /// Also when it changes before the share has taken the worker over.
  void has_link(const std::string& link, const std::string& door) {
    if (!unwanted_) self_->send(share_, successor_ready{{link}, door, port_}, worker_);
  }

  void problem(const worker_lines::problem& what) {
    why_ = what.why;
    close("its backend failed");
  }

  void relay_lost(const relay_gone& news) {
    why_ = {"relay_lost", "the relay is gone: " + news.why, "try again", true};
    close("the relay is gone");
  }

  void worker_ended(const worker_gone& news) {
    if (news.problem) why_ = news.problem;
    clean_up();
  }

  /// Nobody wants it any more.
  void close(const std::string& text) {
    unwanted_ = true;
    if (worker_) self_->send(worker_, worker_lines::end{text});
  }

private:
  void make_folder(const relay_address& relay) {
    self_->request(env_->files, caf::infinite, messages::make_folder{wanted_.folder})
        .then(
            [=, this](const file_done& made) { made.problem ? leave(made.problem) : start(relay); },
            [this](const caf::error&) {
              leave({"file_failed", "the file edge failed", "try again", true});
            });
  }

  void start(const relay_address& relay) {
    if (unwanted_) return clean_up();
    port_ = relay.port;
    child_spec spec;
    spec.id = "share worker";
    spec.rule = restart_rule::temporary;
    spec.start = [this, order = with_relay(wanted_.order, relay)] {
      worker_ =
          spawn_traceable(*self_, share_worker, env_, caf::actor_cast<caf::actor>(self_), order);
      return worker_;
    };
    spec.gone = [this](const std::string&, const caf::error& why) {
      if (why) worker_lost();
    };
    children_.start(std::move(spec));
  }

  /// Nobody speaks to it any more; the edge ends it. Another worker of the share may go on: what is
  /// waited for is this one's folder.
  void worker_lost() {
    why_ = {"worker_failed", "its worker's actor failed", "try again", true};
    when_reaped(self_, env_, worker_label(wanted_.share_id, wanted_.folder),
                [this] { clean_up(); });
  }

  void clean_up() {
    self_->request(env_->files, caf::infinite, remove_path{wanted_.folder})
        .then([this](const file_done&) { leave(why_); },
              [this](const caf::error&) { leave(why_); });
  }

  void leave(const failure& why) {
    self_->send(share_, successor_gone{why});
    self_->quit();
  }

  caf::event_based_actor* self_;
  shared_environment env_;
  caf::actor share_;
  succession wanted_;
  supervision children_;
  caf::actor worker_;
  failure why_ = {"worker_failed", "its worker ended by itself", "try again", true};
  std::uint16_t port_ = 0; ///< of the relay
  bool unwanted_ = false;
};

} // namespace

caf::behavior successor(caf::event_based_actor* self, shared_environment env, caf::actor share,
                        succession wanted) {
  auto state = std::make_shared<holder>(self, std::move(env), std::move(share), std::move(wanted));
  state->begin();
  return {
      [state](const worker_lines::ready& news) { state->has_link(news.link, news.door); },
      [state](const worker_lines::link_changed& news) { state->has_link(news.link, news.door); },
      [state](const worker_lines::problem& what) { state->problem(what); },
      // Nobody was told the link yet.
      [](const worker_lines::relay_away&) {},
      [](const worker_lines::guest_knocks&) {},
      [](const worker_lines::guest_joined&) {},
      [](const worker_lines::guest_left&) {},
      [state](const worker_gone& news) { state->worker_ended(news); },
      [state](const relay_gone& news) { state->relay_lost(news); },
      [state](close_down) { state->close("it is not wanted any more"); },
      [self](taken_over) { self->quit(); },
  };
}

} // namespace termlease::actors
