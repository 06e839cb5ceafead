#include "tools/worker/lines.hpp"

#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace termlease::worker {

bool line_splitter::feed(std::string_view bytes,
                         const std::function<void(std::string_view)>& line) {
  while (!overlong_ && !bytes.empty()) {
    const auto end = bytes.find('\n');
    const auto piece = bytes.substr(0, end);
    if (partial_.size() + piece.size() > limit_) {
      overlong_ = true;
      partial_.clear();
      partial_.shrink_to_fit();
      break;
    }
    partial_ += piece;
    if (end == std::string_view::npos) break;
    bytes.remove_prefix(end + 1);
    const auto whole = std::move(partial_);
    partial_.clear();
    line(whole);
  }
  return !overlong_;
}

line_writer::line_writer(loop& events, int fd, std::function<void()> broken)
    : loop_(events), fd_(fd), broken_(std::move(broken)) {
  fcntl(fd_, F_SETFL, fcntl(fd_, F_GETFL) | O_NONBLOCK);
}

line_writer::~line_writer() {
  if (watched_) loop_.forget(fd_);
}

void line_writer::write(std::string_view line) {
  if (gave_up_) return;
  waiting_ += line;
  if (waiting_.size() > line_limit) return give_up();
  push();
}

void line_writer::flush(std::chrono::milliseconds limit) {
  const auto until = loop::clock::now() + limit;
  while (!waiting_.empty() && !gave_up_) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - loop::clock::now());
    pollfd ready{fd_, POLLOUT, 0};
    if (left.count() <= 0 || poll(&ready, 1, static_cast<int>(left.count())) == 0) return;
    push();
  }
}

void line_writer::push() {
  while (!waiting_.empty()) {
    const auto count = ::write(fd_, waiting_.data(), waiting_.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) break;
    if (count <= 0) return give_up();
    waiting_.erase(0, static_cast<std::size_t>(count));
  }
  const bool wanted = !waiting_.empty();
  if (wanted && !watched_) loop_.watch(fd_, EPOLLOUT, [this](std::uint32_t) { push(); });
  if (!wanted && watched_) loop_.forget(fd_);
  watched_ = wanted;
}

void line_writer::give_up() {
  gave_up_ = true;
  waiting_.clear();
  if (watched_) loop_.forget(fd_);
  watched_ = false;
  // Later: whoever wrote is in the middle of something.
  loop_.after(std::chrono::milliseconds(0), [this] {
    if (broken_) broken_();
  });
}

} // namespace termlease::worker
