#include "tools/worker/mirror/zellij/zellij_calls.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace termlease::worker {

namespace {

constexpr std::size_t bytes_per_read = 65536;
constexpr std::size_t longest_answer = std::size_t{4} << 20;
constexpr std::size_t longest_line = std::size_t{16} << 20; ///< a picture with all its colours
constexpr std::chrono::milliseconds patience{5000};

std::vector<std::string> environment(const zellij_session& session) {
  std::vector<std::string> all{"LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin",
                               "ZELLIJ_SOCKET_DIR=" + session.sockets};
  for (const char* name : {"HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"})
    if (const char* value = std::getenv(name)) all.push_back(std::string(name) + "=" + value);
  return all;
}

std::pair<std::unique_ptr<child>, int> started(loop& events, const zellij_session& session,
                                               const std::vector<std::string>& words,
                                               std::function<void(int)> exited) {
  const auto ends = make_pipe();
  child_spec spec;
  spec.argv = {session.program, "--session", session.name};
  spec.argv.insert(spec.argv.end(), words.begin(), words.end());
  spec.env = environment(session);
  spec.output = ends.write;
  try {
    auto process = std::make_unique<child>(events, spec, std::move(exited));
    close(ends.write);
    return {std::move(process), ends.read};
  } catch (...) {
    close(ends.read);
    close(ends.write);
    throw;
  }
}

} // namespace

zellij_call::zellij_call(loop& events, const zellij_session& session,
                         const std::vector<std::string>& words, answer answered)
    : loop_(events), answered_(std::move(answered)) {
  std::tie(process_, fd_) = started(loop_, session, words, [this](int status) {
    status_ = status;
    ended();
  });
  loop_.watch(fd_, EPOLLIN, [this](std::uint32_t) { read_more(); });
  deadline_ = loop_.after(patience, [this] {
    deadline_ = 0;
    process_->signal(SIGKILL);
  });
}

zellij_call::~zellij_call() {
  loop_.cancel(deadline_);
  if (fd_ < 0) return;
  loop_.forget(fd_);
  close(fd_);
}

void zellij_call::read_more() {
  std::array<char, bytes_per_read> part; // NOLINT: filled by read
  const auto count = read(fd_, part.data(), part.size());
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count > 0) {
    text_.append(part.data(), static_cast<std::size_t>(count));
    if (text_.size() <= longest_answer) return;
    process_->signal(SIGKILL);
  }
  loop_.forget(fd_);
  close(fd_);
  fd_ = -1;
  ended();
}

void zellij_call::ended() {
  if (fd_ >= 0 || !status_ || !answered_) return;
  const bool fine = WIFEXITED(*status_) && WEXITSTATUS(*status_) == 0;
  const auto told = std::exchange(answered_, {});
  told(fine ? std::optional(std::move(text_)) : std::nullopt);
}

zellij_subscription::zellij_subscription(loop& events, const zellij_session& session,
                                         const std::string& pane,
                                         std::function<void(std::string_view)> line,
                                         std::function<void()> ended)
    : loop_(events), lines_(longest_line), line_(std::move(line)), ended_(std::move(ended)) {
  std::tie(process_, fd_) = started(
      loop_, session, {"subscribe", "--pane-id", pane, "--format", "json", "--ansi"}, [](int) {});
  loop_.watch(fd_, EPOLLIN, [this](std::uint32_t) { read_more(); });
}

zellij_subscription::~zellij_subscription() {
  hang_up();
}

void zellij_subscription::hang_up() {
  if (fd_ < 0) return;
  loop_.forget(fd_);
  close(fd_);
  fd_ = -1;
}

void zellij_subscription::read_more() {
  std::array<char, bytes_per_read> part; // NOLINT: filled by read
  const auto count = read(fd_, part.data(), part.size());
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count > 0 && lines_.feed({part.data(), static_cast<std::size_t>(count)}, line_)) return;
  hang_up();
  ended_();
}

} // namespace termlease::worker
