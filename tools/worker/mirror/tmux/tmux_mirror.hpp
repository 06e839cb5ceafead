#pragma once

// Why: tmux is followed through control mode, the one of its ways that shows exactly one pane and
// every byte of it. The picture is a snapshot, and then what the pane's program prints.

#include "tools/worker/mirror/mirror.hpp"
#include "tools/worker/mirror/output_parser.hpp"
#include "tools/worker/mirror/tmux/flood_gauge.hpp"
#include "tools/worker/mirror/tmux/snapshot.hpp"
#include "tools/worker/mirror/tmux/tmux_client.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace termlease::worker {

class tmux_mirror final : public mirror, public control_handler {
public:
  tmux_mirror(loop& events, mirror_options options, mirror_events callbacks);

  ~tmux_mirror() override;
  tmux_mirror(const tmux_mirror&) = delete;
  tmux_mirror& operator=(const tmux_mirror&) = delete;

  void start() override;
  void stop() override;
  void input(std::string_view bytes) override;
  void paste(std::string_view body) override;
  void set_read_only(bool read_only) override;
  bool congested() const override;

  bool running() const override { return running_; }

  bool ready() const override { return running_ && ready_; }

  bool flooded() const override { return ready_ && (paused_ || lost_output_); }

  const screen& picture() const override { return screen_; }

private:
  enum class stage { none, rows, saved_rows, pending };
  static constexpr std::chrono::milliseconds doubt_delay{60};
  static constexpr std::chrono::milliseconds probe_interval{2000};
  static constexpr std::chrono::seconds restart_window{30};
  static constexpr std::size_t restart_budget = 5;
  static constexpr std::chrono::seconds string_patience{5}; ///< as in tmux

  void locate();
  void located(const std::string& answer);
  void attach(const std::string& session);
  void restart();
  void close(messages::failure why);
  static messages::failure pane_gone();
  void drop_client();
  void retire();

  void on_output(std::string_view pane, std::string_view escaped) override;
  void on_reply(control_reply& reply) override;
  void on_notice(std::string_view name, std::string_view rest) override;
  void after_reading();

  void silence(std::string_view pane);
  void paused();
  void look_at_flood_in(std::chrono::milliseconds wait);
  void look_at_flood(std::uint32_t history);
  void ask_for_snapshot();
  void take_report(control_reply& reply);
  void adopt();
  void look_for_doubt();
  void probe();
  void take_probe(std::string_view answer);

  loop& loop_;
  mirror_options options_;
  mirror_events events_;

  bool running_ = false;
  bool ready_ = false;
  std::unique_ptr<tmux_question> question_;
  std::unique_ptr<tmux_client> client_;
  // Out of use, and perhaps still on the stack: destroyed in the next turn.
  std::vector<std::unique_ptr<tmux_question>> old_questions_;
  std::vector<std::unique_ptr<tmux_client>> old_clients_;
  std::string session_;
  std::deque<loop::clock::time_point> restarts_;

  screen screen_;
  output_parser parser_;
  std::string plain_; ///< one line of output without its escapes; kept for its memory
  loop::clock::time_point string_since_;
  flood_gauge gauge_;
  bool paused_ = false;                      ///< tmux sends no output
  bool calm_ = false;                        ///< it would have nothing to send
  std::optional<std::uint32_t> scrolled_to_; ///< when the flood was last looked at
  std::size_t output_bytes_ = 0;
  bool changed_ = false;
  std::set<std::string, std::less<>> silenced_; ///< other panes, told not to send

  stage stage_ = stage::none;
  snapshot coming_;
  bool asked_ = false;      ///< for a snapshot that has not come
  bool ask_again_ = false;  ///< something happened since
  bool lost_output_ = true; ///< since the last snapshot: pen and parser are not to be trusted
  bool client_unfit_ = false;
  messages::failure ending_; ///< found while reading; told afterwards
  loop::timer_id doubt_timer_ = 0;
  loop::timer_id probe_timer_ = 0;
  loop::timer_id flood_timer_ = 0;
  loop::timer_id restart_timer_ = 0;
  loop::timer_id retire_timer_ = 0;
  std::uint64_t pastes_ = 0;
};

} // namespace termlease::worker
