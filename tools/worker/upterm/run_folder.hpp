#pragma once

// Why: upterm leaves two things in its private folder that the worker needs: the admin socket,
// which appears when it serves, and the log, which says in order who joined and who left. One
// inotify watch covers both, so nothing is polled.

#include "tools/worker/loop.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace termlease::worker::upterm {

/// Who joined, in which order, and who left: from the lines of upterm's JSON log.
class guest_log {
public:
  /// Returns true when the line said something about a guest.
  bool take(std::string_view line);
  /// Place in the order of joining; addresses that the log doesn't know rank last.
  std::size_t place(const std::string& address) const;
  bool has_left(const std::string& address) const;

private:
  struct guest {
    std::size_t place = 0;
    bool left = false;
  };

  std::map<std::string, guest> guests_; ///< by address
  std::size_t joined_ = 0;
};

struct run_folder_events {
  std::function<void()> socket_appeared;
  std::function<void()> guests_changed;
};

/// Watches the folder from before upterm starts.
class run_folder {
public:
  /// Throws `failed` (`work_dir_failed`).
  run_folder(loop& events, std::string path, run_folder_events callbacks);
  ~run_folder();
  run_folder(const run_folder&) = delete;
  run_folder& operator=(const run_folder&) = delete;

  /// Path of the admin socket; empty until it is there.
  const std::string& socket() const { return socket_; }

  const guest_log& guests() const { return guests_; }

private:
  void read_events();
  bool read_log();

  loop& loop_;
  std::string path_;
  run_folder_events events_;
  int inotify_ = -1;
  int log_ = -1;
  std::string partial_; ///< of the log's last line
  std::string socket_;
  guest_log guests_;
};

} // namespace termlease::worker::upterm
