#include "bus/gateway/gateway.hpp"

#include "bus/gateway/connection.hpp"
#include "bus/gateway/read_command.hpp"
#include "messages/connections.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <caf/all.hpp>
#include <caf/send.hpp>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <unordered_map>

namespace termlease::bus {

namespace asio = boost::asio;
using boost::system::error_code;
using namespace messages;

namespace {

constexpr std::chrono::milliseconds pause_of_acceptor{100};

using local = asio::local::stream_protocol;

/// A socket file that nobody listens on any more is removed; a live one is somebody's.
void make_way(const std::string& path) {
  struct stat found {};

  if (::lstat(path.c_str(), &found) != 0) return;
  if (!S_ISSOCK(found.st_mode))
    throw failed("socket_unavailable", path + " is there already and is no socket",
                 "move it away, then start again");
  asio::io_context io;
  local::socket probe(io);
  error_code problem;
  probe.connect(local::endpoint(path), problem);
  if (!problem)
    throw failed("socket_in_use", "another runtime listens on " + path,
                 "use that one, or end it with `termlease daemon --stop`");
  ::unlink(path.c_str());
}

uid_t peer_of(local::socket& client) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(client.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
    return static_cast<uid_t>(-1);
  return peer.uid;
}

shared_bytes refusal(failure why, const std::string& causation = {}) {
  envelope response;
  response.type = envelope_type::response;
  response.status = "error";
  response.error = std::move(why);
  response.causation_id = causation;
  return std::make_shared<const std::string>(encode(response).dump() + "\n");
}

} // namespace

/// The Asio side: the acceptor and the connections, by number.
class gateway::listener : public outbox, public std::enable_shared_from_this<listener> {
public:
  listener(asio::io_context& io, caf::actor router, gateway_options options)
      : io_(io), acceptor_(io), pause_(io), router_(std::move(router)),
        options_(std::move(options)) {}

  void listen() {
    make_way(options_.socket_path);
    error_code problem;
    const auto mask = ::umask(0177);
    acceptor_.open();
    acceptor_.bind(local::endpoint(options_.socket_path), problem);
    ::umask(mask);
    if (!problem) acceptor_.listen(asio::socket_base::max_listen_connections, problem);
    if (problem)
      throw failed("socket_unavailable",
                   "can't listen on " + options_.socket_path + ": " + problem.message(),
                   "check the folder's owner and space");
    accept();
  }

  void respond(std::uint64_t number, shared_bytes line) override {
    with(number, [line](connection& to) { to.respond(line); });
  }

  void notify(std::uint64_t number, shared_bytes line, std::uint64_t sequence) override {
    with(number, [line, sequence](connection& to) { to.notify(line, sequence); });
  }

  void tell_when_drained(std::uint64_t number) override {
    with(number, [](connection& to) { to.tell_when_drained(); });
  }

  void close(std::uint64_t number) override {
    with(number, [](connection& to) { to.close_when_written(); });
  }

  void shut() {
    asio::post(io_, [self = shared_from_this()] {
      error_code ignored;
      if (!self->acceptor_.is_open()) return;
      self->acceptor_.close(ignored);
      self->pause_.cancel();
      ::unlink(self->options_.socket_path.c_str());
      const auto open = self->connections_;
      for (const auto& [number, each] : open) each->close_when_written();
    });
  }

  std::size_t count() const { return count_.load(); }

private:
  template <class Work> void with(std::uint64_t number, Work work) {
    asio::post(io_, [self = shared_from_this(), number, work] {
      const auto found = self->connections_.find(number);
      if (found == self->connections_.end()) return;
      const auto keep = found->second;
      work(*keep);
    });
  }

  void accept() {
    acceptor_.async_accept(
        [self = shared_from_this()](const error_code& problem, local::socket client) {
          if (!self->acceptor_.is_open()) return;
          if (problem) return self->accept_later();
          self->admit(std::move(client));
          self->accept();
        });
  }

  /// Most likely no descriptor is free: who connects waits, and nothing else does.
  void accept_later() {
    pause_.expires_after(pause_of_acceptor);
    pause_.async_wait([self = shared_from_this()](const error_code& problem) {
      if (!problem && self->acceptor_.is_open()) self->accept();
    });
  }

  void admit(local::socket client) {
    const auto number = next_++;
    connection_events events;
    events.line = [this, number](std::string line) { heard(number, line); };
    events.drained = [this, number] { caf::anon_send(router_, client_drained{number}); };
    events.closed = [this, number] { left(number); };
    const bool stranger = peer_of(client) != ::getuid();
    const connection_limits limits{options_.max_line, options_.subscriber_queue,
                                   options_.response_queue};
    const auto made = std::make_shared<connection>(std::move(client), limits, std::move(events));
    connections_[number] = made;
    count_ = connections_.size();
    if (stranger) {
      made->respond(refusal({"not_yours", "this runtime belongs to another user",
                             "only its owner may talk to it", false}));
      return made->close_when_written();
    }
    if (connections_.size() > options_.max_clients) {
      made->respond(refusal({"too_many_clients",
                             "the runtime has " + std::to_string(options_.max_clients) +
                                 " clients, which is its limit",
                             "close one, or raise bus.max_clients", true}));
      return made->close_when_written();
    }
    caf::anon_send(router_,
                   client_connected{number, {identity_kind::operator_, options_.operator_name}});
    made->start();
  }

  void heard(std::uint64_t number, const std::string& line) {
    try {
      caf::anon_send(router_, client_command{number, read_command(line)});
    } catch (const failed& why) {
      const auto& problem = why.why();
      auto refused = problem.code == "bad_payload" || problem.code == "bad_json"
                         ? failure{"bad_envelope", problem.message, "see docs/protocol.md", false}
                         : problem;
      connections_.at(number)->respond(refusal(std::move(refused), id_in(line)));
    }
  }

  /// So that even a broken command's sender knows which one it was.
  static std::string id_in(const std::string& line) {
    const auto parsed = json::parse(line, nullptr, false);
    if (!parsed.is_object() || !parsed.contains("id") || !parsed["id"].is_string()) return {};
    return parsed["id"].get<std::string>().substr(0, 64);
  }

  void left(std::uint64_t number) {
    caf::anon_send(router_, client_gone{number});
    connections_.erase(number);
    count_ = connections_.size();
  }

  asio::io_context& io_;
  local::acceptor acceptor_;
  asio::steady_timer pause_; ///< before it accepts again
  caf::actor router_;
  gateway_options options_;
  std::uint64_t next_ = 1;
  std::atomic<std::size_t> count_{0};
  std::unordered_map<std::uint64_t, std::shared_ptr<connection>> connections_;
};

gateway::gateway(asio::io_context& io, caf::actor router, gateway_options options)
    : listener_(std::make_shared<listener>(io, std::move(router), std::move(options))) {
  listener_->listen();
}

gateway::~gateway() {
  listener_->shut();
}

std::shared_ptr<outbox> gateway::clients() const {
  return listener_;
}

std::size_t gateway::client_count() const {
  return listener_->count();
}

void gateway::shut() {
  listener_->shut();
}

} // namespace termlease::bus
