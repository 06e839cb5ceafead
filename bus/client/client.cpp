#include "bus/client/client.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace termlease::bus {

using messages::envelope;
using messages::failed;

namespace {

constexpr std::size_t chunk = 65536;

[[noreturn]] void connection_lost() {
  throw failed("connection_lost", "the runtime closed the connection",
               "see `termlease daemon --status`");
}

/// Milliseconds for poll(2), rounded up so that a wait never ends before its deadline.
int poll_timeout(client::clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - client::clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
}

/// A process that was killed takes connections until the last of its threads is gone.
bool is_dying(int socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  std::ifstream stat("/proc/" + std::to_string(peer.pid) + "/stat");
  const std::string text(std::istreambuf_iterator<char>(stat), {});
  const auto name_end = text.rfind(')');
  return name_end != std::string::npos && text.substr(name_end, 3) == ") Z";
}

} // namespace

client::client(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    throw failed("bad_path", "the socket's path is too long: " + path,
                 "set a shorter TERMLEASE_HOME");
  std::memcpy(address.sun_path, path.data(), path.size());
  socket_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool connected =
      ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  if (connected && !is_dying(socket_)) return;
  const int problem = connected ? ECONNREFUSED : errno;
  ::close(socket_);
  if (problem == EACCES || problem == EPERM)
    throw failed("not_yours", "the runtime at " + path + " belongs to another user",
                 "only its owner may talk to it");
  throw failed("no_runtime", "no runtime answers at " + path + ": " + std::strerror(problem),
               "start one with `termlease daemon`");
}

client::client(client&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), next_id_(other.next_id_),
      correlation_id_(std::move(other.correlation_id_)), received_(std::move(other.received_)),
      events_(std::move(other.events_)) {}

client::~client() {
  if (socket_ >= 0) ::close(socket_);
}

void client::send_line(std::string_view line) {
  while (!line.empty()) {
    const auto sent = ::send(socket_, line.data(), line.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) connection_lost();
    line.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::optional<envelope> client::next_envelope(clock::time_point deadline) {
  std::size_t searched = 0;
  for (;;) {
    const auto end = received_.find('\n', searched);
    if (end != std::string::npos) {
      const auto line = received_.substr(0, end);
      received_.erase(0, end + 1);
      return messages::decoded<envelope>(messages::parse_json(line));
    }
    searched = received_.size();
    pollfd ready{socket_, POLLIN, 0};
    const int count = ::poll(&ready, 1, poll_timeout(deadline));
    if (count < 0 && errno == EINTR) continue;
    if (count == 0) return std::nullopt;
    received_.resize(searched + chunk);
    const auto got = ::recv(socket_, received_.data() + searched, chunk, 0);
    received_.resize(searched + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) connection_lost();
  }
}

messages::json client::call(std::string_view method, const messages::json& payload,
                            std::chrono::milliseconds deadline) {
  const auto id = "c" + std::to_string(next_id_++);
  messages::json command{
      {"id", id}, {"type", "command"}, {"method", std::string(method)}, {"payload", payload}};
  if (!correlation_id_.empty()) command["correlation_id"] = correlation_id_;
  send_line(command.dump(-1, ' ', false, messages::json::error_handler_t::replace) + "\n");
  const auto until = clock::now() + deadline;
  for (;;) {
    auto got = next_envelope(until);
    if (!got)
      throw failed("no_answer",
                   "the runtime did not answer " + std::string(method) + " within " +
                       messages::to_text(messages::span{deadline.count()}),
                   "see `termlease daemon --status`");
    if (got->type == messages::envelope_type::event) {
      events_.push_back(std::move(*got));
    } else if (got->type == messages::envelope_type::response && got->causation_id == id) {
      if (got->error) throw failed(got->error);
      return messages::encode(got->result);
    }
  }
}

std::optional<envelope> client::next_event(std::chrono::milliseconds deadline) {
  if (!events_.empty()) {
    auto oldest = std::move(events_.front());
    events_.pop_front();
    return oldest;
  }
  const auto until = clock::now() + deadline;
  for (;;) {
    auto got = next_envelope(until);
    if (!got || got->type == messages::envelope_type::event) return got;
  }
}

} // namespace termlease::bus
