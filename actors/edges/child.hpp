#pragma once

// Why: one running child: what it says becomes lines, what it is told waits until it listens, and
// its end is told once, after its last line.

#include "actors/edges/launch.hpp"

#include <utility> // before Asio: Boost 1.74 forgets it with g++ 12

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <string>

namespace termlease::actors {

struct child_events {
  std::function<void(std::string bytes, bool is_error)> said;
  std::function<void(int status)> exited; ///< once, after everything was said
};

/// Lives on the Asio thread.
class child : public std::enable_shared_from_this<child> {
public:
  child(boost::asio::io_context& io, launched made, child_events events);

  void start();
  /// False when more than `limit` bytes would wait.
  bool write(std::string_view bytes, std::size_t limit);
  void close_input_when_written();
  void signal(int number);

private:
  using descriptor = boost::asio::posix::stream_descriptor;

  void read(descriptor& from, std::string& into, bool is_error);
  void write_more();
  void wait_for_end();
  void finish();

  pid_t pid_;
  descriptor input_;
  descriptor output_;
  descriptor errors_;
  descriptor pidfd_;
  boost::asio::steady_timer patience_;
  child_events events_;
  std::string output_chunk_;
  std::string errors_chunk_;
  std::string unwritten_;
  std::string being_written_;
  bool close_input_ = false;
  bool exited_ = false;
  int open_streams_ = 2;
  int status_ = 0;
};

} // namespace termlease::actors
