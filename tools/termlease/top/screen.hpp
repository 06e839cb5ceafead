#pragma once

// Why: ncurses knows every terminal there is, how little it takes to change a picture, and how to
// give a terminal back as it was. It also defines macros with names like `erase` and `timeout`, and
// lives in global state. So one file includes it, and the rest sees lines that go out and keys that
// come in.
//
// Signals of the terminal (another size, Ctrl-Z) are let in only while this waits: ncurses'
// handlers never run in the midst of a picture.

#include "tools/termlease/top/keys.hpp"
#include "tools/termlease/top/scene.hpp"
#include "tools/termlease/top/text.hpp"

#include <csignal>
#include <memory>
#include <span>
#include <vector>

namespace termlease::cli::top {

/// Throws `usage_error` (`usage`) when the terminal can't be drawn on; draws nothing yet.
void check_terminal();

/// The whole terminal, from now until the end of this.
class screen {
public:
  explicit screen(bool in_colour);
  ~screen();
  screen(const screen&) = delete;
  screen& operator=(const screen&) = delete;

  /// As it is now.
  extent size();

  void show(const std::vector<line>& lines);

  /// Waits until a key was pressed, the size has changed, or one of `others` is readable. Returns
  /// false when the terminal is gone.
  bool wait(std::span<const int> others) const;

  /// All that were pressed.
  std::vector<key> keys();

private:
  struct terminal; // what ncurses keeps

  std::unique_ptr<terminal> terminal_;
  sigset_t before_{};
  bool in_colour_;
};

} // namespace termlease::cli::top
