#pragma once

// Why: zellij has no one thing that tells all of a pane. `subscribe` prints the text as it changes,
// and nothing while the operator looks at another tab; the list of panes tells the size, the cursor
// and whether the pane is still there. So there are three strands: the subscription and a look at
// the list, after each picture and every moment between, each a process at a time; and a connection
// for what guests type. Where a new subscription shows another picture than the one that said
// nothing, the pane is hidden, and a new subscription is what it is looked at by. Not told by any
// of them: the modes that the program has set. zellij itself gives its keys the form that it asked
// for, and guests have no mouse.

#include "tools/worker/mirror/mirror.hpp"
#include "tools/worker/mirror/zellij/key_queue.hpp"
#include "tools/worker/mirror/zellij/pane_update.hpp"
#include "tools/worker/mirror/zellij/pane_writer.hpp"
#include "tools/worker/mirror/zellij/zellij_calls.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace termlease::worker {

class zellij_mirror final : public mirror {
public:
  zellij_mirror(loop& events, mirror_options options, mirror_events callbacks);
  ~zellij_mirror() override;
  zellij_mirror(const zellij_mirror&) = delete;
  zellij_mirror& operator=(const zellij_mirror&) = delete;

  void start() override;
  void stop() override;
  void input(std::string_view bytes) override;
  void paste(std::string_view body) override;
  void set_read_only(bool read_only) override;
  bool congested() const override;

  bool running() const override { return running_; }

  bool ready() const override { return running_ && ready_; }

  bool flooded() const override { return false; }

  const screen& picture() const override { return screen_; }

private:
  using clock = loop::clock;
  using milliseconds = std::chrono::milliseconds;

  /// How often is looked while something happens, and while nothing does.
  struct rhythm {
    milliseconds looks;
    milliseconds fresh_subscriptions;
  };

  static constexpr rhythm busy{milliseconds(100), milliseconds(300)};
  static constexpr rhythm hidden{milliseconds(100), milliseconds(100)};
  static constexpr rhythm calm{milliseconds(250), milliseconds(1000)};
  static constexpr milliseconds busy_time{3000};         ///< after the last thing that happened
  static constexpr milliseconds answer_time_alone{1500}; ///< nor does a subscription go on
  static constexpr milliseconds answer_time{6000};       ///< without an answer the session is gone
  static constexpr std::size_t congestion = 65536;
  static constexpr std::chrono::seconds restart_window{30};
  static constexpr std::size_t restart_budget = 20;

  rhythm now_due() const;
  std::unique_ptr<zellij_subscription> subscription(std::uint64_t number);
  void subscribe();
  void subscribe_anew();
  void drop_fresh();
  void heard(std::string_view line);
  void heard_anew(std::string_view line);
  void ended();
  void begin_again();
  void take(std::vector<std::string> rows);
  void look();
  void look_soon();
  void looked(std::optional<std::string> answer);
  void write_next();
  void show(std::size_t bytes);
  void retire();
  void close(messages::failure why);
  static messages::failure gone();

  loop& loop_;
  mirror_options options_;
  mirror_events events_;
  zellij_session session_;

  bool running_ = false;
  bool ready_ = false;
  bool is_hidden_ = false; ///< the subscription says nothing though the picture changes
  std::optional<std::vector<std::string>> rows_;
  std::optional<pane_facts> facts_;
  screen screen_;
  key_queue keys_;
  clock::time_point happened_{};   ///< something did: output, a key, a resize
  clock::time_point subscribed_{}; ///< or heard of the picture
  clock::time_point answered_{};   ///< the list of panes had this one
  std::deque<clock::time_point> restarts_;

  std::unique_ptr<zellij_subscription> subscription_;
  std::unique_ptr<zellij_subscription> fresh_; ///< takes the other's place with its first picture
  std::uint64_t number_ = 0; ///< of the subscription, 0 for none; and of the fresh one
  std::uint64_t fresh_number_ = 0;
  std::uint64_t last_number_ = 0;
  std::unique_ptr<zellij_call> look_;
  std::unique_ptr<pane_writer> writer_; ///< from the first key on
  bool look_again_ = false;
  // Out of use, and perhaps still on the stack: destroyed in the next turn.
  std::vector<std::unique_ptr<zellij_subscription>> old_subscriptions_;
  std::vector<std::unique_ptr<zellij_call>> old_calls_;
  loop::timer_id look_timer_ = 0;
  loop::timer_id retire_timer_ = 0;
};

} // namespace termlease::worker
