#pragma once

// Why: what a guest types is bytes of its own terminal. Three things in it need care: a paste must
// go in one piece, so that tmux brackets it where the program wants that; a report of the mouse
// speaks of the guest's screen and not of the pane; and keys that terminals write in different ways
// must read as tmux writes them. Everything else goes on as it is, at once: a lone Escape is never
// held back.

#include "tools/worker/guests/view.hpp"
#include "tools/worker/mirror/screen.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace termlease::worker {

/// What came of a guest's bytes, in order.
class typing_sink {
public:
  virtual void keys(std::string_view bytes) = 0;
  virtual void paste(std::string_view body) = 0;
  /// A paste of more than `typing::max_paste` bytes ended; none of it was passed on.
  virtual void paste_too_large() = 0;

protected:
  ~typing_sink() = default;
};

class typing {
public:
  static constexpr std::size_t max_paste = 1u << 20;
  static constexpr std::size_t max_sequence = 32; ///< a longer one is passed on as it is

  /// `shown` and `modes` are those of the picture that the guest sees.
  void feed(std::string_view bytes, const window_on_pane& shown, const screen_modes& modes,
            typing_sink& sink);

  /// Whether something is held back that may be the beginning of more. Pass it on by `flush` when
  /// nothing follows within `patience`.
  bool holding() const { return pasting_ || !held_.empty(); }

  std::chrono::milliseconds patience() const {
    return std::chrono::milliseconds(pasting_ ? 2000 : 30);
  }

  void flush(typing_sink& sink);

private:
  void take_keys(std::string_view& bytes, const window_on_pane& shown, const screen_modes& modes,
                 typing_sink& sink);
  void take_paste(std::string_view& bytes, typing_sink& sink);
  void end_paste(typing_sink& sink);
  void sequence(std::string_view text, const window_on_pane& shown, const screen_modes& modes);

  std::string held_; ///< an unfinished control sequence
  std::string keys_; ///< to be passed on in one piece
  std::string body_; ///< of the paste, with the bytes that may be its end
  bool pasting_ = false;
  bool too_large_ = false;
  bool escape_passed_ = false;
};

/// A report of the mouse as the pane's program wants it; empty when it wants none of this one.
/// `report` is what stands between "ESC [ <" and the final M or m.
std::string mouse_report(std::string_view report, bool released, const window_on_pane& shown,
                         const screen_modes& modes);

} // namespace termlease::worker
