#pragma once

// Why: tmux's control mode is lines, and a pane's program can put any text into a captured row,
// also one that looks like the end of a reply. So a reply ends only by the very time and number
// that it began with, and rows whose number is known are counted, not looked at.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace termlease::worker {

struct control_reply {
  bool ours = false; ///< to a command of this client; not what tmux says by itself on attaching
  bool fine = true;
  std::vector<std::string> lines;
};

class control_handler {
public:
  /// Output of a pane; octal escapes are still in it.
  virtual void on_output(std::string_view pane, std::string_view escaped) = 0;
  virtual void on_reply(control_reply& reply) = 0;
  /// Any other line, without its '%': "layout-change", "@1 …".
  virtual void on_notice(std::string_view name, std::string_view rest) = 0;

protected:
  ~control_handler() = default;
};

class control_reader {
public:
  static constexpr std::size_t max_line_bytes = 1u << 20;

  explicit control_reader(control_handler& handler) : handler_(handler) {}

  /// False when a line is too long: the client is to be given up.
  bool feed(std::string_view bytes);

  /// The next reply has at least this many lines, whatever they look like.
  void expect_lines(std::size_t count) { expected_ = count; }

private:
  void line(std::string_view text);
  void reply_line(std::string_view text);
  void begin_reply(std::string_view key);

  control_handler& handler_;
  std::string partial_;
  bool in_reply_ = false;
  std::string key_; ///< "TIME NUMBER FLAGS" of the reply that is open
  control_reply reply_;
  std::size_t expected_ = 0;
};

} // namespace termlease::worker
