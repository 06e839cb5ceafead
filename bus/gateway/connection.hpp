#pragma once

// Why: one client's socket, with a limit on every side: a longest line in, a longest queue out. A
// client that reads slowly loses events and is told which; one that reads nothing costs a bounded
// queue and nobody's time.

#include "bus/router/outbox.hpp"

#include <utility> // before Asio: Boost 1.74 forgets it with g++ 12

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/streambuf.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace termlease::bus {

struct connection_limits {
  std::size_t max_line = 1 << 20;
  std::size_t events = 4096;
  std::size_t responses = 1024;
};

struct connection_events {
  std::function<void(std::string line)> line;
  std::function<void()> drained;
  std::function<void()> closed; ///< once
};

/// Lives on the Asio thread; all its calls are made there.
class connection : public std::enable_shared_from_this<connection> {
public:
  using socket = boost::asio::local::stream_protocol::socket;

  connection(socket client, connection_limits limits, connection_events events);

  void start() { read(); }

  void respond(shared_bytes line);
  void notify(shared_bytes line, std::uint64_t sequence);
  void tell_when_drained();
  void close_when_written();

private:
  struct queued {
    shared_bytes line;
    bool is_event;
  };

  void read();
  void take_lines();
  void enqueue(shared_bytes line, bool is_event);
  void announce_gap();
  void write();
  void written();
  void close();

  socket socket_;
  connection_limits limits_;
  connection_events events_;
  std::string received_;
  std::size_t searched_ = 0;
  std::deque<queued> waiting_;
  std::vector<shared_bytes> being_written_;
  std::size_t events_waiting_ = 0;
  std::size_t responses_waiting_ = 0;
  std::uint64_t gap_from_ = 0;
  std::uint64_t gap_to_ = 0;
  bool tell_drained_ = false;
  bool closing_ = false;
  bool closed_ = false;
};

} // namespace termlease::bus
