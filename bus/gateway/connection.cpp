#include "bus/gateway/connection.hpp"

#include "messages/envelope.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>

namespace termlease::bus {

namespace asio = boost::asio;
using boost::system::error_code;
using namespace messages;

namespace {

constexpr std::size_t read_chunk = 16 * 1024;
constexpr std::size_t lines_per_write = 64;

std::string line_of(const envelope& what) {
  return encode(what).dump() + "\n";
}

std::string too_large(std::size_t limit) {
  envelope response;
  response.type = envelope_type::response;
  response.status = "error";
  response.error = {"too_large", "an envelope may have at most " + std::to_string(limit) + " bytes",
                    "send less in one command", false};
  return line_of(response);
}

std::string gap_line(std::uint64_t from, std::uint64_t to) {
  envelope event;
  event.type = envelope_type::event;
  event.topic = std::string(gap::describe().name);
  event.actor = {identity_kind::runtime, "runtime"};
  event.payload.text = encode(gap{from, to}).dump();
  return line_of(event);
}

} // namespace

connection::connection(socket client, connection_limits limits, connection_events events)
    : socket_(std::move(client)), limits_(limits), events_(std::move(events)) {}

void connection::read() {
  received_.resize(searched_ + read_chunk);
  socket_.async_read_some(
      asio::buffer(received_.data() + searched_, read_chunk),
      [self = shared_from_this()](const error_code& problem, std::size_t count) {
        if (problem) return self->close();
        self->received_.resize(self->searched_ + count);
        self->take_lines();
        if (!self->closing_ && !self->closed_) self->read();
      });
}

void connection::take_lines() {
  std::size_t start = 0;
  for (;;) {
    const auto end = received_.find('\n', std::max(start, searched_));
    const auto length = (end == std::string::npos ? received_.size() : end) - start;
    if (length > limits_.max_line) {
      respond(std::make_shared<const std::string>(too_large(limits_.max_line)));
      return close_when_written();
    }
    if (end == std::string::npos) break;
    if (length > 0) events_.line(received_.substr(start, length));
    start = end + 1;
  }
  received_.erase(0, start);
  searched_ = received_.size();
}

void connection::respond(shared_bytes line) {
  if (closing_ || closed_) return;
  if (responses_waiting_ >= limits_.responses) return close();
  ++responses_waiting_;
  enqueue(std::move(line), false);
}

void connection::notify(shared_bytes line, std::uint64_t sequence) {
  if (closing_ || closed_) return;
  if (events_waiting_ >= limits_.events || gap_from_ != 0) {
    if (gap_from_ == 0) gap_from_ = sequence;
    gap_to_ = std::max(gap_to_, sequence);
    return;
  }
  ++events_waiting_;
  enqueue(std::move(line), true);
}

void connection::tell_when_drained() {
  tell_drained_ = true;
  if (being_written_.empty() && waiting_.empty()) written();
}

void connection::close_when_written() {
  closing_ = true;
  if (being_written_.empty() && waiting_.empty()) close();
}

void connection::enqueue(shared_bytes line, bool is_event) {
  waiting_.push_back({std::move(line), is_event});
  if (being_written_.empty()) write();
}

/// Once a slow client has read half of what waited, it hears what it lost.
void connection::announce_gap() {
  if (gap_from_ == 0 || events_waiting_ > limits_.events / 2) return;
  const auto line = gap_line(gap_from_, gap_to_);
  gap_from_ = gap_to_ = 0;
  ++events_waiting_;
  waiting_.push_back({std::make_shared<const std::string>(line), true});
}

void connection::write() {
  std::vector<asio::const_buffer> buffers;
  while (!waiting_.empty() && buffers.size() < lines_per_write) {
    auto& next = waiting_.front();
    (next.is_event ? events_waiting_ : responses_waiting_) -= 1;
    buffers.emplace_back(asio::buffer(*next.line));
    being_written_.push_back(std::move(next.line));
    waiting_.pop_front();
  }
  asio::async_write(socket_, buffers,
                    [self = shared_from_this()](const error_code& problem, std::size_t) {
                      if (problem) return self->close();
                      self->being_written_.clear();
                      self->written();
                    });
}

void connection::written() {
  announce_gap();
  if (!waiting_.empty()) return write();
  if (std::exchange(tell_drained_, false)) events_.drained();
  if (closing_) close();
}

void connection::close() {
  if (std::exchange(closed_, true)) return;
  error_code ignored;
  socket_.close(ignored);
  waiting_.clear();
  events_.closed();
  events_ = {[](std::string) {}, [] {}, [] {}};
}

} // namespace termlease::bus
