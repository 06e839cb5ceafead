#pragma once

// Why: keys, answers of the runtime and the size of the terminal come in any order, and each may
// leave the others' results behind: the chosen actor ends, its branch is folded, the filter hides
// it. Here they meet, and whatever came last, the scene is one that can be drawn.

#include "messages/failure.hpp"
#include "tools/termlease/top/scene.hpp"

#include <optional>
#include <set>
#include <string>

namespace termlease::cli::top {

class board {
public:
  /// What the runtime said, or why it said nothing. A pause keeps the last answer for later.
  void take(const answer& news, messages::instant at);
  void take(const messages::failure& why, messages::instant at);

  /// The actor whose messages should be read again; nothing when none should.
  std::optional<std::string> wants() const;
  void take(past of_it);

  /// Whether to go on.
  bool press(const key& pressed);

  /// The terminal has this size now: what is chosen is on the screen, and there is no empty room
  /// behind the last line.
  void fit(const extent& size);

  const scene& now() const { return scene_; }

private:
  void apply(const answer& news, messages::instant at);
  void look();
  void choose(std::size_t at);
  void move(action how);
  void open();
  void close();
  void fold(action how);
  void reorder(action how);
  void edit(action how, char32_t character);
  void pause();

  model model_;
  scene scene_;
  std::string chosen_; ///< the path
  std::optional<answer> held_;
  messages::instant held_at_;
  bool is_stale_ = false; ///< the messages that are shown
  extent size_;
};

} // namespace termlease::cli::top
