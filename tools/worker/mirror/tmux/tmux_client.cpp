#include "tools/worker/mirror/tmux/tmux_client.hpp"

#include "messages/failure.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace termlease::worker {

namespace {

constexpr std::size_t bytes_per_read = 16384;
constexpr int reads_per_turn = 8;
constexpr std::size_t bytes_per_message = 4096; ///< of the few that are not lines
constexpr std::chrono::milliseconds between_tries{10};
constexpr int room_on_the_way = 8192; ///< output that tmux may prepare before it is read

} // namespace

tmux_question::tmux_question(loop& events, const std::string& server, const std::string& pane,
                             const std::string& format, std::function<void(std::string)> answered)
    : client_(
          events, server, {"display-message", "-p", "-t", pane, format}, *this, [] {},
          [this, answered = std::move(answered)] { answered(std::move(text_)); }) {}

void tmux_question::on_reply(control_reply& reply) {
  if (reply.fine && !reply.lines.empty()) text_ = std::move(reply.lines.front());
}

tmux_client::tmux_client(loop& events, std::string server, std::vector<std::string> command,
                         control_handler& handler, std::function<void()> read,
                         std::function<void()> ended)
    : loop_(events), server_(std::move(server)), command_(std::move(command)), reader_(handler),
      read_(std::move(read)), ended_(std::move(ended)) {
  come();
}

tmux_client::~tmux_client() {
  stop();
}

void tmux_client::come() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw messages::failed("mirror_failed",
                           std::string("a socket could not be made: ") + std::strerror(errno));
  fd_ = ends[0];
  far_end_ = ends[1];
  setsockopt(far_end_, SOL_SOCKET, SO_SNDBUF, &room_on_the_way, sizeof room_on_the_way);
  loop_.watch(fd_, EPOLLIN, [this](std::uint32_t what) { ready(what); });
  try_to_greet();
}

void tmux_client::try_to_greet() {
  connection_ = greet(server_, command_, far_end_, mark_);
  if (connection_ < 0 && errno == EAGAIN) {
    again_ = loop_.after(between_tries, [this] { try_to_greet(); });
    return;
  }
  close(std::exchange(far_end_, -1)); // where nobody has taken it, this is heard at our end
  if (connection_ >= 0)
    loop_.watch(connection_, EPOLLIN, [this](std::uint32_t) { listen_to_server(); });
}

void tmux_client::stop() {
  loop_.cancel(std::exchange(again_, 0));
  for (auto* each : {&connection_, &fd_}) {
    if (*each < 0) continue;
    loop_.forget(*each);
    close(std::exchange(*each, -1));
  }
  if (far_end_ >= 0) close(std::exchange(far_end_, -1));
}

void tmux_client::leave() {
  stop();
  if (greeted_ || mark_ == descriptor_mark::since_3_6) return ended_();
  mark_ = descriptor_mark::since_3_6;
  come();
}

void tmux_client::send(std::string_view lines) {
  if (fd_ < 0) return;
  unsent_.append(lines);
  if (greeted_ && !waits_to_write_) write_more();
}

void tmux_client::ready(std::uint32_t events) {
  bool alive = true;
  if (events & EPOLLOUT) alive = write_more();
  if (alive && fd_ >= 0 && (events & (EPOLLIN | EPOLLHUP | EPOLLERR))) alive = read_more();
  if (!alive && fd_ >= 0) leave();
}

void tmux_client::listen_to_server() {
  std::array<char, bytes_per_message> part; // NOLINT: filled by recv
  const auto count = recv(connection_, part.data(), part.size(), MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count > 0 && !is_sent_away({part.data(), static_cast<std::size_t>(count)})) return;
  read_more(); // what it said last is there already
  if (fd_ >= 0) leave();
}

bool tmux_client::read_more() {
  std::array<char, bytes_per_read> part; // NOLINT: filled by recv
  bool alive = true;
  for (int turn = 0; turn < reads_per_turn && fd_ >= 0; ++turn) {
    const auto count = recv(fd_, part.data(), part.size(), MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) break;
    alive = count > 0 && reader_.feed({part.data(), static_cast<std::size_t>(count)});
    if (alive && fd_ >= 0 && !std::exchange(greeted_, true)) alive = write_more();
    if (!alive || count < static_cast<ssize_t>(part.size())) break;
  }
  if (fd_ >= 0) read_();
  return alive;
}

bool tmux_client::write_more() {
  while (sent_ < unsent_.size()) {
    const auto count =
        ::send(fd_, unsent_.data() + sent_, unsent_.size() - sent_, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) {
      if (!waits_to_write_) loop_.rewatch(fd_, EPOLLIN | EPOLLOUT);
      waits_to_write_ = true;
      return true;
    }
    if (count < 0) return false;
    sent_ += static_cast<std::size_t>(count);
  }
  unsent_.clear();
  if (unsent_.capacity() > bytes_per_read) unsent_.shrink_to_fit();
  sent_ = 0;
  if (waits_to_write_) loop_.rewatch(fd_, EPOLLIN);
  waits_to_write_ = false;
  return true;
}

} // namespace termlease::worker
