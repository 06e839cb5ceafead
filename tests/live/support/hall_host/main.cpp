// termlease-hall-host tmux|zellij PROGRAM SOCKET SESSION PANE GUEST_SOCKET ro|rw: a hall with
// nobody at the door. Tests of what guests see and do need no backend: it lets in all who come.
// Orders on stdin, a line each: "status TEXT", "alert TEXT", "mode GUEST ro|rw", "end TEXT".

#include "tools/worker/guests/hall.hpp"

#include <array>
#include <csignal>
#include <cstdio>
#include <string>
#include <unistd.h>

namespace {

using namespace termlease;

class host {
public:
  host(worker::mirror_options pane, const std::string& socket, messages::share_mode mode)
      : hall_(loop_, std::move(pane), {socket, mode, 8, "demo", {}}, events()) {
    say("ready");
    loop_.watch(STDIN_FILENO, EPOLLIN, [this](std::uint32_t) { read_orders(); });
    loop_.run();
  }

private:
  worker::hall_events events() {
    worker::hall_events callbacks;
    callbacks.arrived = [this](worker::guest_number guest, pid_t pid) {
      say("arrived " + std::to_string(guest) + " " + std::to_string(pid));
      hall_.admit(guest);
    };
    callbacks.left = [this](worker::guest_number guest, const std::string&) {
      say("left " + std::to_string(guest));
      leave();
    };
    callbacks.terminal_gone = [this](messages::failure why) {
      say("gone " + why.code);
      end(farewell(messages::end_reason::terminal_closed, why.message));
    };
    return callbacks;
  }

  static void say(const std::string& line) {
    std::puts(line.c_str());
    std::fflush(stdout);
  }

  void read_orders() {
    std::array<char, 4096> part{};
    const auto count = read(STDIN_FILENO, part.data(), part.size());
    if (count <= 0) {
      loop_.forget(STDIN_FILENO);
      return end(farewell(messages::end_reason::runtime_restarted, "its host is gone"));
    }
    orders_.append(part.data(), static_cast<std::size_t>(count));
    for (auto at = orders_.find('\n'); at != std::string::npos; at = orders_.find('\n')) {
      obey(orders_.substr(0, at));
      orders_.erase(0, at + 1);
    }
  }

  void obey(const std::string& line) {
    const auto text = line.substr(line.find(' ') + 1);
    if (line.starts_with("status ")) hall_.set_status(text, false);
    if (line.starts_with("alert ")) hall_.set_status(text, true);
    if (line.starts_with("mode ")) set_mode(text);
    if (line.starts_with("end ")) end(text);
  }

  /// "GUEST ro|rw".
  void set_mode(const std::string& words) {
    const auto mode =
        messages::value_named<messages::share_mode>(words.substr(words.find(' ') + 1));
    hall_.set_mode(static_cast<worker::guest_number>(std::stoul(words)), mode.value());
  }

  void end(const std::string& text) {
    ending_ = true;
    hall_.end_all(text);
    leave();
  }

  void leave() {
    if (ending_ && hall_.size() == 0) loop_.stop();
  }

  worker::loop loop_;
  std::string orders_;
  bool ending_ = false;
  worker::hall hall_;
};

} // namespace

int main(int count, char** words) {
  if (count != 8) return 2;
  std::signal(SIGPIPE, SIG_IGN);
  const auto mode =
      messages::value_named<messages::share_mode>(words[7]).value_or(messages::share_mode::ro);
  host({words[1], words[2], words[3], words[4], words[5], mode == messages::share_mode::ro},
       words[6], mode);
}
