#include "tools/termlease/top/feed.hpp"

#include <csignal>
#include <sys/eventfd.h>
#include <sys/socket.h>

namespace termlease::cli::top {

using messages::failed;
using messages::failure;

namespace {

/// A runtime that doesn't answer within this time is said not to.
constexpr std::chrono::milliseconds answer_within{2000};

/// A thread that is made meanwhile gets no signal: they are for the screen's.
class without_signals {
public:
  without_signals() {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }

  ~without_signals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  without_signals(const without_signals&) = delete;
  without_signals& operator=(const without_signals&) = delete;

private:
  sigset_t before_{};
};

} // namespace

feed::feed(const invocation& run, messages::span interval)
    : run_(run), interval_(interval), ready_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  over_.emplace(run.connect());
  runtime_ = over_->ask<messages::runtime_status>(messages::get_status{}, answer_within);
  tell(ask());
  const without_signals held;
  thread_ = std::thread([this] { go_on(); });
}

feed::~feed() {
  {
    const std::lock_guard hold(mutex_);
    is_over_ = true;
    if (over_) ::shutdown(over_->descriptor(), SHUT_RDWR); // an answer is waited for no longer
  }
  leaves_.notify_all();
  thread_.join();
}

std::optional<news> feed::take() {
  const std::lock_guard hold(mutex_);
  if (waiting_.empty()) return std::nullopt;
  auto oldest = std::move(waiting_.front());
  waiting_.pop_front();
  eventfd_t ignored = 0;
  if (waiting_.empty()) ::eventfd_read(ready_.get(), &ignored);
  return oldest;
}

void feed::tell(news what) {
  const std::lock_guard hold(mutex_);
  waiting_.push_back(std::move(what));
  ::eventfd_write(ready_.get(), 1);
}

bool feed::wait() {
  std::unique_lock hold(mutex_);
  return !leaves_.wait_for(hold, interval_.chrono(), [this] { return is_over_; });
}

void feed::connect() {
  bus::client made = run_.connect_only();
  {
    const std::lock_guard hold(mutex_);
    over_.emplace(std::move(made));
    if (is_over_) ::shutdown(over_->descriptor(), SHUT_RDWR);
  }
  runtime_ = over_->ask<messages::runtime_status>(messages::get_status{}, answer_within);
}

answer feed::ask() {
  auto all = over_->ask<messages::actor_list>(messages::get_tree{}, answer_within);
  return {std::move(all.actors), runtime_, std::chrono::steady_clock::now()};
}

void feed::go_on() {
  while (wait()) {
    try {
      if (!over_) connect();
      tell(ask());
    } catch (const failed& problem) {
      // One that hangs may still answer, and what connects to it only stands in a line.
      if (problem.why().code != "no_answer") {
        const std::lock_guard hold(mutex_);
        over_.reset();
      }
      tell(problem.why());
    } catch (const std::exception& problem) {
      tell(failure{"unexpected", problem.what(), {"please report this"}});
    }
  }
}

} // namespace termlease::cli::top
