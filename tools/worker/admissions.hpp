#pragma once

// Why: nobody sees a picture before it is known who they are. A program that arrives waits here
// until its connection is found; what can't be found, isn't ours, or takes too long is refused.

#include "tools/worker/backend.hpp"
#include "tools/worker/guest_book.hpp"
#include "tools/worker/guests/hall.hpp"
#include "tools/worker/shared_screen.hpp"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace termlease::worker {

struct admission_events {
  std::function<void(const messages::worker_lines::guest_knocks&)> knocks;
  std::function<void(const messages::worker_lines::guest_joined&)> joined;
  std::function<void(const messages::worker_lines::guest_left&)> left;
};

/// "g7", as everybody else calls guest number 7.
std::string guest_id_of(guest_number guest);
/// Back again; 0 for what is no guest's id.
guest_number guest_numbered(const std::string& guest_id);

class admissions {
public:
  /// With `knock` guests wait until they are let in.
  admissions(loop& events, hall& guests, backend& door, bool knock, admission_events callbacks);
  ~admissions();
  admissions(const admissions&) = delete;
  admissions& operator=(const admissions&) = delete;

  void arrived(guest_number guest, pid_t pid);
  void left(guest_number guest, std::string recording);
  /// Lets in one who knocks; others are ignored.
  void let_in(const std::string& guest_id);
  /// Tells a guest why, and lets it go, and so everybody with the key that `ban` names, now and
  /// later.
  void put_out(const std::string& guest_id, std::string text, const std::string& ban);
  /// Of a backend with one program for all guests: see `shared_screen`.
  void set_door(bool open, std::size_t stay);
  /// The backend said that its connections changed.
  void look_again();
  /// Admits nobody any more.
  void close();

  /// Matched connections that the backend still has.
  std::size_t open_connections() const;
  /// Ends guest programs that don't react, also those that the hall cut off since `close`, after a
  /// check that each is the backend's descendant.
  void kill_programs();

private:
  enum class standing { waiting, knocking, admitted, refused };

  struct program {
    pid_t pid = 0;
    loop::clock::time_point arrived = loop::clock::now();
    standing state = standing::waiting;
    connection from;        ///< once it is known
    bool announced = false; ///< somebody was told that it knocks or joined
  };

  void open_for_all(guest_number number);
  bool anyone_waits() const;
  bool banned_one_connected() const;
  void decide();
  void identified(guest_number guest, const connection& from);
  void admit(guest_number guest);
  void refuse(guest_number guest, std::string text);

  loop& loop_;
  hall& hall_;
  backend& backend_;
  bool knock_;
  admission_events events_;
  std::set<std::string> banned_; ///< fingerprints
  guest_book book_;
  std::map<guest_number, program> programs_; // arrival numbers: the order of their starts
  std::vector<pid_t> cut_off_;               ///< gone from the hall since `close`, perhaps not dead
  shared_screen for_all_;                    ///< the one program of all guests, where there is one
  loop::timer_id retry_ = 0;
  bool closed_ = false;
};

} // namespace termlease::worker
