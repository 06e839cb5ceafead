#pragma once

// Why: zellij's program is started for whatever is asked of it or told to it, always with the name
// of the session and the folder of its socket, so that it can't find another one. It gets no
// terminal and none of the runtime's environment but where the user's folders are.

#include "tools/worker/child.hpp"
#include "tools/worker/lines.hpp"
#include "tools/worker/loop.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace termlease::worker {

struct zellij_session {
  std::string program;
  std::string sockets; ///< folder
  std::string name;
};

/// One short command. The answer comes once, when the program has ended: its output, or nothing
/// when it failed, said too much or took too long.
class zellij_call {
public:
  using answer = std::function<void(std::optional<std::string>)>;

  zellij_call(loop& events, const zellij_session& session, const std::vector<std::string>& words,
              answer answered);
  ~zellij_call();
  zellij_call(const zellij_call&) = delete;
  zellij_call& operator=(const zellij_call&) = delete;

private:
  void read_more();
  void ended();

  loop& loop_;
  int fd_ = -1;
  std::string text_;
  std::optional<int> status_;
  answer answered_;
  loop::timer_id deadline_ = 0;
  std::unique_ptr<child> process_;
};

/// The pane's pictures, a line each, until it is destroyed or ends by itself.
class zellij_subscription {
public:
  zellij_subscription(loop& events, const zellij_session& session, const std::string& pane,
                      std::function<void(std::string_view)> line, std::function<void()> ended);
  ~zellij_subscription();
  zellij_subscription(const zellij_subscription&) = delete;
  zellij_subscription& operator=(const zellij_subscription&) = delete;

private:
  void read_more();
  void hang_up();

  loop& loop_;
  int fd_ = -1;
  line_splitter lines_;
  std::function<void(std::string_view)> line_;
  std::function<void()> ended_;
  std::unique_ptr<child> process_;
};

} // namespace termlease::worker
