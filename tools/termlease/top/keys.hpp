#pragma once

// Why: hands know their keys from htop and less. Which key means what, in which place, is one table
// that can be read, tested and put beside the help that tells of it.

namespace termlease::cli::top {

/// What the screen shows, and whom a key is for.
enum class place {
  rows,     ///< all actors
  filter,   ///< all actors, while somebody types what to look for
  messages, ///< the last messages of one
  help
};

enum class special {
  none,
  up,
  down,
  left,
  right,
  page_up,
  page_down,
  home,
  end,
  enter,
  escape,
  backspace,
  help
};

/// One key that was pressed: a special one, or a character.
struct key {
  special is = special::none;
  char32_t character = 0;
};

enum class action {
  nothing,
  leave,
  back, ///< closes what is in front; of the filter, with what was typed
  up,
  down,
  page_up,
  page_down,
  first,
  last,
  open,
  fold,
  unfold,
  turn_fold, ///< folds what is open, and the other way round
  next_order,
  previous_order,
  filter,
  pause,
  help,
  type,  ///< the character belongs to the filter
  erase, ///< the last character of it
  clear, ///< all of it
  keep   ///< the filter is complete
};

action action_of(place at, const key& pressed);

} // namespace termlease::cli::top
