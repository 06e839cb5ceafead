#pragma once

// Why: tmate lets in whoever has a key and the link, as many as come. Its relay asks the keys that
// tmate told it, though, and tmate tells it other ones while it runs: none, and the door is shut to
// whoever is not in yet; all of them again, and it is open. A door that can't be moved is a failure
// of the share: one that is believed to be shut, and isn't, is the worst of all.

#include "messages/worker_lines.hpp"
#include "tools/worker/child.hpp"
#include "tools/worker/loop.hpp"

#include <functional>
#include <optional>
#include <string>

namespace termlease::worker::tmate {

/// The commands for tmate that open or shut the door to the keys of the share. Throws `failed`
/// (`bad_start`) for a key that would be read as something else.
std::string door_text(const messages::worker_lines::start& share, bool open);

class door {
public:
  /// Works on the tmate that has `socket`. `failed` is called when tmate doesn't take it, or not in
  /// time.
  door(loop& events, const messages::worker_lines::start& share, std::string socket,
       std::string folder, std::function<void()> failed);
  ~door();
  door(const door&) = delete;
  door& operator=(const door&) = delete;

  /// Writes what tmate will be told, in its folder. Before the first `set`; throws `failed`.
  void prepare() const;
  /// It is open at first. The last word counts; once tmate has taken it, `told` is called.
  void set(bool open, std::function<void()> told);

private:
  void move();
  void moved(int status);
  void settle();
  void fail();

  loop& loop_;
  const messages::worker_lines::start& share_;
  std::string socket_;
  std::string folder_;
  std::function<void()> failed_;
  std::function<void()> told_;
  std::optional<child> moving_; ///< tells tmate
  loop::timer_id deadline_ = 0;
  bool open_ = true; ///< as tmate was told last
  bool wanted_ = true;
};

} // namespace termlease::worker::tmate
