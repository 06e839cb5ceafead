#include "actors/edges/alarms.hpp"

#include "bus/trace/here.hpp"
#include "messages/edges.hpp"

#include <utility> // before Asio: Boost 1.74 forgets it with g++ 12

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <sys/timerfd.h>
#include <unistd.h>

namespace termlease::actors {

namespace asio = boost::asio;
using boost::system::error_code;
using namespace messages;

namespace {

std::int64_t now_ms(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

/// One kernel timer that fires at the earliest of many times.
class kernel_timer : public std::enable_shared_from_this<kernel_timer> {
public:
  kernel_timer(asio::io_context& io, clockid_t clock)
      : timer_(io, ::timerfd_create(clock, TFD_CLOEXEC | TFD_NONBLOCK)), clock_(clock) {}

  void start(std::function<void()> fired) {
    fired_ = std::move(fired);
    wait();
  }

  /// Rings at `at` on its clock; 0 is never. A clock that was set wakes the wall-clock timer, too.
  void arm(std::int64_t at) {
    itimerspec when{};
    when.it_value.tv_sec = at / 1000;
    when.it_value.tv_nsec = at % 1000 * 1'000'000;
    const int cancel = clock_ == CLOCK_REALTIME ? TFD_TIMER_CANCEL_ON_SET : 0;
    ::timerfd_settime(timer_.native_handle(), TFD_TIMER_ABSTIME | cancel, &when, nullptr);
  }

private:
  void wait() {
    timer_.async_wait(asio::posix::stream_descriptor::wait_read,
                      [self = shared_from_this()](const error_code& problem) {
                        if (problem) return;
                        std::uint64_t count = 0;
                        // ECANCELED says that the clock was set; what is due is looked up anyway.
                        [[maybe_unused]] const auto got =
                            ::read(self->timer_.native_handle(), &count, sizeof count);
                        self->fired_();
                        self->wait();
                      });
  }

  asio::posix::stream_descriptor timer_;
  clockid_t clock_;
  std::function<void()> fired_;
};

struct pending_alarm {
  caf::actor owner;
  std::string name;
  instant at;
  std::int64_t boot_ms; ///< the same moment on the clock that can't be set
  trace::mark set_in;   ///< the turn that wanted it
};

/// Lives on the Asio thread.
class alarm_table : public std::enable_shared_from_this<alarm_table> {
public:
  explicit alarm_table(asio::io_context& io)
      : wall_(std::make_shared<kernel_timer>(io, CLOCK_REALTIME)),
        boot_(std::make_shared<kernel_timer>(io, CLOCK_BOOTTIME)) {}

  void start() {
    for (const auto& each : {wall_, boot_})
      each->start([self = weak_from_this()] {
        if (const auto table = self.lock()) table->ring();
      });
  }

  void set(const set_alarm& wanted, const caf::actor& owner) {
    forget(wanted.name, owner);
    const auto left = wanted.at.ms - now_ms(CLOCK_REALTIME);
    // Both clocks are read rounded down; without one more this one might ring before the time.
    alarms_.push_back(
        {owner, wanted.name, wanted.at, now_ms(CLOCK_BOOTTIME) + left + 1, trace::here().at});
    ring();
  }

  void cancel(const std::string& name, const caf::actor& owner) {
    forget(name, owner);
    ring();
  }

private:
  void forget(const std::string& name, const caf::actor& owner) {
    std::erase_if(alarms_, [&](const pending_alarm& each) {
      return each.name == name && each.owner == owner;
    });
  }

  void ring() {
    const auto wall = now_ms(CLOCK_REALTIME);
    const auto boot = now_ms(CLOCK_BOOTTIME);
    std::erase_if(alarms_, [&](const pending_alarm& each) {
      const bool due = each.at.ms <= wall || each.boot_ms <= boot;
      if (!due) return false;
      const trace::scope now(each.set_in);
      caf::anon_send(each.owner, alarm_rang{each.name, each.at});
      return true;
    });
    std::int64_t next_wall = 0;
    std::int64_t next_boot = 0;
    for (const auto& each : alarms_) {
      next_wall = next_wall == 0 ? each.at.ms : std::min(next_wall, each.at.ms);
      next_boot = next_boot == 0 ? each.boot_ms : std::min(next_boot, each.boot_ms);
    }
    wall_->arm(next_wall);
    boot_->arm(next_boot);
  }

  std::shared_ptr<kernel_timer> wall_;
  std::shared_ptr<kernel_timer> boot_;
  std::vector<pending_alarm> alarms_;
};

} // namespace

caf::behavior alarm_edge(caf::event_based_actor* self, asio::io_context* io) {
  auto table = std::make_shared<alarm_table>(*io);
  asio::post(*io, [table] { table->start(); });
  return {
      [=](const set_alarm& wanted) {
        asio::post(*io,
                   trace::bound([=, owner = caf::actor_cast<caf::actor>(self->current_sender())] {
                     table->set(wanted, owner);
                   }));
      },
      [=](const cancel_alarm& which) {
        asio::post(*io, [=, owner = caf::actor_cast<caf::actor>(self->current_sender())] {
          table->cancel(which.name, owner);
        });
      },
  };
}

} // namespace termlease::actors
