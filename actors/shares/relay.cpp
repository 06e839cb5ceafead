#include "actors/shares/relay.hpp"

#include "actors/core/recording.hpp"
#include "actors/shares/upterm_finder.hpp"
#include "messages/edges.hpp"
#include "messages/leases.hpp"
#include "messages/runtime.hpp"

#include <csignal>
#include <map>
#include <vector>

namespace termlease::actors {

using namespace messages;

namespace {

using linger_atom = caf::atom_constant<caf::atom("linger")>;
using late_atom = caf::atom_constant<caf::atom("late")>;

constexpr auto loopback = "127.0.0.1";
constexpr std::chrono::seconds start_deadline{5};

/// The port in uptermd's JSON log line, or 0.
std::uint16_t port_in(const std::string& line) {
  const auto entry = json::parse(line, nullptr, false);
  if (!entry.is_object() || entry.value("msg", "") != "starting server") return 0;
  const auto address = entry.value("ssh_addr", "");
  const auto colon = address.rfind(':');
  if (colon == std::string::npos) return 0;
  const auto port = std::strtoul(address.c_str() + colon + 1, nullptr, 10);
  return port <= 65535 ? static_cast<std::uint16_t>(port) : std::uint16_t{0};
}

/// The relay's state and turns; lives inside the actor.
class relay {
public:
  using promise = caf::typed_response_promise<relay_address>;

  relay(caf::event_based_actor* self, shared_environment env)
      : self_(self), env_(std::move(env)), folder_(env_->paths.state / "relay"),
        key_(folder_ / "upterm_host_ed25519"), known_hosts_(folder_ / "upterm_known_hosts"),
        finder_(self, env_) {}

  caf::result<relay_address> acquire(const acquire_relay& wanted) {
    // Before the promise, which takes the sender with it.
    holders_[wanted.share_id] = caf::actor_cast<caf::actor>(self_->current_sender());
    auto made = self_->make_response_promise<relay_address>();
    ++generation_;
    finder_.find([=, this](const config::upterm_programs& programs) { provide(programs, made); },
                 [=, this](const failure& why) mutable {
                   holders_.erase(wanted.share_id);
                   made.deliver(relay_address{{}, 0, {}, {}, why});
                 });
    return made;
  }

  void release(const release_relay& what) {
    if (holders_.erase(what.share_id) == 0 || !holders_.empty() || child_ == 0) return;
    self_->delayed_send(self_, env_->settings.upterm.relay_linger.chrono(), linger_atom::value,
                        ++generation_);
  }

  void lingered(std::uint64_t generation) {
    if (generation != generation_ || child_ == 0) return;
    wanted_down_ = true;
    self_->send(env_->processes, signal_child{child_, SIGTERM});
  }

  void started(const child_started& made) {
    if (made.child == 0) return fail(made.problem);
    child_ = made.child;
    self_->delayed_send(self_, start_deadline, late_atom::value, made.child);
  }

  void said(const child_line& line) {
    if (address_.port != 0 || line.child != child_) return;
    last_words_ = line.text.text;
    const auto port = port_in(line.text.text);
    if (port == 0) return;
    address_.host = loopback;
    address_.port = port;
    address_.known_hosts = known_hosts_;
    const auto where = address_.host + ":" + std::to_string(port);
    note(relay_started{"upterm", where});
    // upterm negotiates a certificate that the relay's own key has signed, hence the marker.
    const auto pin = "@cert-authority [" + address_.host + "]:" + std::to_string(port);
    ask(env_->files, write_file{known_hosts_, pin + " " + public_key_},
        [this](const file_done& done) { done.problem ? fail(done.problem) : deliver(address_); });
  }

  void late(child_id child) {
    if (child == child_ && address_.port == 0)
      self_->send(env_->processes, signal_child{child, SIGKILL});
  }

  void exited(const child_exited& news) {
    if (news.child != child_) return;
    const bool was_up = address_.port != 0;
    child_ = 0;
    address_ = {};
    if (was_up) note(relay_stopped{"upterm", wanted_down_ ? "no share needs it" : "it died"});
    if (!std::exchange(wanted_down_, false)) {
      fail({"relay_failed", "the relay (uptermd) ended: " + last_words_,
            "`termlease doctor` checks it", true});
      for (const auto& [share, holder] : holders_) self_->send(holder, relay_gone{"it died"});
      holders_.clear();
    } else if (!waiting_.empty()) {
      // Asked for again while it was going down.
      finder_.find([this](const config::upterm_programs& found) { start(found.uptermd); },
                   [this](const failure& why) { fail(why); });
    }
  }

private:
  void provide(const config::upterm_programs& programs, promise asker) {
    address_.program = programs.upterm;
    if (!env_->settings.upterm.relay_host.empty()) {
      use_own();
    } else if (address_.port == 0 || wanted_down_ || !waiting_.empty()) {
      waiting_.push_back(asker);
      if (waiting_.size() == 1) prepare_key(programs.uptermd);
      return;
    }
    asker.deliver(address_);
  }

  void use_own() {
    const auto& own = env_->settings.upterm;
    address_ = {own.relay_host, own.relay_port, own.known_hosts, address_.program, {}};
  }

  /// The host key is made once and kept, so that a guest's known_hosts stays right.
  void prepare_key(const std::string& uptermd) {
    if (wanted_down_) return; // started again by `exited`
    ask(env_->files, make_folder{folder_}, [=, this](const file_done& made) {
      if (made.problem) return fail(made.problem);
      read_key([=, this] { public_key_.empty() ? make_key(uptermd) : start(uptermd); });
    });
  }

  template <class Then> void read_key(Then then) {
    ask(env_->files, read_file{key_ + ".pub"}, [=, this](const file_done& key) {
      public_key_ = key.text;
      then();
    });
  }

  void make_key(const std::string& uptermd) {
    run_program keygen{{config::on_path("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-C",
                        "termlease relay", "-f", key_},
                       {}};
    ask(env_->processes, std::move(keygen), [=, this](const program_result& made) {
      if (made.status == 0) return read_key([=, this] { start(uptermd); });
      fail({"relay_failed", "no host key can be made: " + made.errors,
            "`termlease doctor` checks ssh-keygen", true});
    });
  }

  void start(const std::string& uptermd) {
    self_->send(env_->processes, spawn_child{{uptermd, "--ssh-addr", std::string(loopback) + ":0",
                                              "--private-key", key_},
                                             {}});
  }

  template <class Request, class Then>
  void ask(const caf::actor& edge, Request request, Then then) {
    self_->request(edge, caf::infinite, std::move(request)).then(then, [this](const caf::error&) {
      fail({"relay_failed", "the relay could not be started", "try again", true});
    });
  }

  void fail(const failure& why) {
    relay_address none;
    none.problem = why;
    deliver(none);
  }

  void deliver(const relay_address& address) {
    for (auto& each : std::exchange(waiting_, {})) each.deliver(address);
  }

  template <class Event> void note(const Event& event) {
    self_->send(env_->journal, keep{{draft(*env_, {}, event)}});
  }

  caf::event_based_actor* self_;
  shared_environment env_;
  std::filesystem::path folder_;
  std::string key_;
  std::string known_hosts_;
  std::string public_key_;
  upterm_finder finder_;
  relay_address address_;
  std::map<std::string, caf::actor> holders_;
  std::vector<promise> waiting_;
  std::string last_words_;
  child_id child_ = 0;
  std::uint64_t generation_ = 0;
  bool wanted_down_ = false;
};

} // namespace

caf::behavior upterm_relay(caf::event_based_actor* self, shared_environment env) {
  auto state = std::make_shared<relay>(self, std::move(env));
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
