#pragma once

// Why: a runtime that hangs is what somebody looks at with `top`, and then `top` must still scroll
// and leave. So the questions are asked on a thread of their own, and their answers wait here until
// the screen has time for them. A runtime that went away is asked for again, as often as it would
// have been asked, since the next one is what everybody waits for; none is ever started.

#include "tools/termlease/invocation.hpp"
#include "tools/termlease/local/descriptor.hpp"
#include "tools/termlease/top/model.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <variant>

namespace termlease::cli::top {

/// What the runtime said, or why it said nothing.
using news = std::variant<answer, messages::failure>;

class feed {
public:
  /// Asks once, so that whoever may not ask is told so before anything is drawn; then goes on.
  /// Throws `failed`.
  feed(const invocation& run, messages::span interval);
  ~feed();
  feed(const feed&) = delete;
  feed& operator=(const feed&) = delete;

  /// Readable while there is something to take.
  int readable() const { return ready_.get(); }

  std::optional<news> take();

private:
  void go_on();
  bool wait();
  answer ask();
  void connect();
  void tell(news what);

  const invocation& run_;
  messages::span interval_;
  descriptor ready_;
  messages::runtime_status runtime_; // of the connection

  std::mutex mutex_; // of what follows
  std::condition_variable leaves_;
  bool is_over_ = false;
  std::deque<news> waiting_;
  std::optional<bus::client> over_; // changed by the thread alone

  std::thread thread_; // last: it uses all of the above
};

} // namespace termlease::cli::top
