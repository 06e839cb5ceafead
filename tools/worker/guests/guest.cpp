#include "tools/worker/guests/guest.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <sys/socket.h>
#include <unistd.h>

namespace termlease::worker {

namespace wire = guest_wire;

namespace {

constexpr std::size_t bytes_per_read = wire::header_bytes + wire::max_to_worker;

extent read_extent(std::string_view payload) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(payload.data());
  return {wire::read_u16(bytes), wire::read_u16(bytes + 2)};
}

} // namespace

guest::guest(loop& events, int fd, std::uint32_t its_number, pid_t pid, messages::share_mode mode,
             listener told)
    : number(its_number), picture({24, 80}, mode == messages::share_mode::rw), loop_(events),
      fd_(fd), pid_(pid), mode_(mode), told_(std::move(told)) {}

guest::~guest() {
  for (const auto timer : {typing_timer, note_timer, end_timer}) loop_.cancel(timer);
  loop_.forget(fd_);
  close(fd_);
}

bool guest::handle(std::uint32_t events) {
  if (events & EPOLLOUT) broken_ |= !write_more();
  if (!broken_ && (events & (EPOLLIN | EPOLLHUP | EPOLLERR))) return read_frames() && !broken_;
  return !broken_;
}

bool guest::read_frames() {
  std::array<char, bytes_per_read> part; // NOLINT: filled by recv
  const auto count = recv(fd_, part.data(), part.size(), MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  if (count <= 0) return false;
  in_.append(part.data(), static_cast<std::size_t>(count));
  std::size_t at = 0;
  while (in_.size() - at >= wire::header_bytes) {
    const auto head = wire::read_header(reinterpret_cast<const unsigned char*>(in_.data()) + at);
    if (head.length > wire::max_to_worker) return false;
    if (in_.size() - at - wire::header_bytes < head.length) break;
    const std::string_view payload(in_.data() + at + wire::header_bytes, head.length);
    if (!take_frame(static_cast<wire::frame>(head.type), payload)) return false;
    at += wire::header_bytes + head.length;
  }
  in_.erase(0, at);
  return true;
}

bool guest::take_frame(wire::frame type, std::string_view payload) {
  if ((type == wire::frame::hello) != (now == phase::greeting)) return now == phase::leaving;
  switch (type) {
  case wire::frame::hello:
    if (payload.size() != 5 || payload[0] != static_cast<char>(wire::version)) return false;
    picture.resize(read_extent(payload.substr(1)));
    now = phase::waiting;
    arrived_ = true;
    told_.greeted();
    return true;
  case wire::frame::size:
    if (payload.size() != 4) return false;
    picture.resize(read_extent(payload));
    if (recording_) recording_->resized(picture.terminal());
    told_.resized();
    return true;
  case wire::frame::input:
    if (now != phase::admitted) return true;
    bytes_in_ += payload.size();
    busy_at_ = loop::clock::now();
    told_.typed(payload);
    return true;
  case wire::frame::drawn:
    if (!piece_on_way_) return false;
    piece_on_way_ = false;
    send_next_piece();
    if (!piece_on_way_) told_.drawn();
    return true;
  default:
    return false;
  }
}

void guest::draw(const screen* shown) {
  if (now == phase::leaving || now == phase::greeting) return;
  outdated_ = piece_on_way_;
  if (outdated_) return;
  frame_ = picture.frame(shown);
  if (recording_) recording_->shown(frame_);
  if (!recorded()) return frame_.clear(); // nobody sees what isn't kept
  bytes_out_ += frame_.size();
  frame_sent_ = 0;
  send_next_piece();
}

void guest::record(const std::string& path, std::shared_ptr<std::uint64_t> left) {
  recording_.emplace(path, picture.terminal(), std::move(left));
}

std::string guest::end_recording() {
  if (!recording_) return {};
  auto path = recording_->path();
  recording_.reset();
  return path;
}

void guest::set_mode(messages::share_mode mode) {
  mode_ = mode;
  picture.set_interactive(mode == messages::share_mode::rw);
}

void guest::send_next_piece() {
  if (now == phase::leaving) return;
  if (frame_sent_ == frame_.size()) {
    frame_ = {};
    frame_sent_ = 0;
    return;
  }
  const auto piece = std::string_view(frame_).substr(frame_sent_, wire::max_to_guest);
  frame_sent_ += piece.size();
  piece_on_way_ = true;
  send(wire::frame::draw, piece);
}

void guest::end(std::string_view text) {
  if (now == phase::leaving) return;
  now = phase::leaving;
  if (recording_) recording_->shown("\x1b[0m\x1b[2J\x1b[H" + std::string(text) + "\r\n");
  listen(true);
  frame_ = {};
  send(wire::frame::end, text.substr(0, wire::max_to_guest));
}

void guest::send(wire::frame type, std::string_view payload) {
  std::array<unsigned char, wire::header_bytes> head; // NOLINT: filled by write_header
  wire::write_header(head.data(), type, payload.size());
  out_.append(reinterpret_cast<const char*>(head.data()), head.size());
  out_.append(payload);
  if (!waits_to_write_) broken_ |= !write_more();
}

bool guest::write_more() {
  std::size_t written = 0;
  bool alive = true;
  while (written < out_.size()) {
    const auto count =
        ::send(fd_, out_.data() + written, out_.size() - written, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    alive = count >= 0 || errno == EAGAIN;
    if (count < 0) break;
    written += static_cast<std::size_t>(count);
  }
  if (written == out_.size())
    out_ = {};
  else
    out_.erase(0, written);
  const bool waits = !out_.empty();
  if (waits != waits_to_write_) {
    waits_to_write_ = waits;
    rewatch();
  }
  return alive;
}

void guest::listen(bool reading) {
  if (reading_ == reading) return;
  reading_ = reading;
  rewatch();
}

void guest::rewatch() {
  loop_.rewatch(fd_, (reading_ ? EPOLLIN : 0u) | (waits_to_write_ ? EPOLLOUT : 0u));
}

} // namespace termlease::worker
