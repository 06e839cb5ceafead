#pragma once

// Why: one worker lends one terminal once. It takes its orders as lines, starts a backend, lets
// guests in, and goes; everything that it started goes before it. Whatever it can't make sense of
// ends the share: a lease that is not understood is not a lease.

#include "messages/worker_lines.hpp"
#include "tools/worker/admissions.hpp"
#include "tools/worker/backend.hpp"
#include "tools/worker/drivers.hpp"
#include "tools/worker/ending.hpp"
#include "tools/worker/guests/hall.hpp"
#include "tools/worker/lines.hpp"
#include "tools/worker/loop.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace termlease::worker {

class worker {
public:
  /// Reads orders from `in`, answers on `out`. Both become non-blocking.
  worker(loop& events, int in, int out, drivers with = {});
  ~worker();
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;

  /// Ends the share, whatever it is doing, and then stops the loop. Guests see `text`. A second end
  /// changes nothing.
  void end(std::string text);
  /// A child changed its state.
  void children_changed();

private:
  void read_orders();
  void obey(std::string_view line);
  bool obey_in_hall(std::string_view type, const messages::json& fields);
  void begin(const messages::json& order);
  void open_doors();
  void beat();
  void check_runtime();
  template <class Line> void opened(Line way);

  std::string guest_socket() const { return folder_ + "/guests"; }

  void runtime_gone();
  void fail(messages::worker_lines::problem why);

  end_view look() const;
  std::chrono::milliseconds end_deadline() const;
  std::chrono::milliseconds limit_of_step(end_step step) const;
  void enter(end_step step);
  void go_on(bool limit_reached = false);
  void go_on_soon();
  void say_failure();
  void close_doors();

  template <class T> void say(const T& line) {
    answers_.write(messages::encode_line(line, cause_));
  }

  loop& loop_;
  drivers drivers_;
  int in_;
  line_splitter orders_;
  line_writer answers_;
  std::optional<messages::worker_lines::start> share_;
  std::string folder_; ///< ours; removed at the end
  std::unique_ptr<backend> backend_;
  std::unique_ptr<hall> hall_;
  std::optional<admissions> admissions_;
  std::optional<messages::worker_lines::problem> failure_; ///< said once the guests are out
  std::optional<end_step> ending_;
  std::chrono::steady_clock::time_point end_by_;
  loop::timer_id end_timer_ = 0;
  std::string cause_;             ///< what the last order came with
  loop::clock::time_point heard_; ///< when the runtime said something
  loop::clock::time_point beat_;  ///< when the last heartbeat was sent
  std::uint32_t guests_told_ = 0;
};

} // namespace termlease::worker
