#include "tools/termlease/top/keys.hpp"

namespace termlease::cli::top {

namespace {

constexpr char32_t control(char letter) {
  return static_cast<char32_t>(letter) & 0x1fU;
}

/// In every place where nothing is typed.
action moving(const key& pressed) {
  switch (pressed.is) {
  case special::up:
    return action::up;
  case special::down:
    return action::down;
  case special::page_up:
    return action::page_up;
  case special::page_down:
    return action::page_down;
  case special::home:
    return action::first;
  case special::end:
    return action::last;
  default:
    break;
  }
  switch (pressed.character) {
  case U'k':
    return action::up;
  case U'j':
    return action::down;
  case control('b'):
    return action::page_up;
  case control('f'):
    return action::page_down;
  case U'g':
    return action::first;
  case U'G':
    return action::last;
  default:
    return action::nothing;
  }
}

action among_rows(const key& pressed) {
  switch (pressed.is) {
  case special::enter:
    return action::open;
  case special::escape:
    return action::back;
  case special::left:
    return action::fold;
  case special::right:
    return action::unfold;
  case special::help:
    return action::help;
  default:
    break;
  }
  switch (pressed.character) {
  case U'q':
    return action::leave;
  case U' ':
    return action::turn_fold;
  case U'-':
    return action::fold;
  case U'+':
  case U'=':
    return action::unfold;
  case U's':
    return action::next_order;
  case U'S':
    return action::previous_order;
  case U'/':
    return action::filter;
  case U'p':
    return action::pause;
  case U'h':
  case U'?':
    return action::help;
  default:
    return moving(pressed);
  }
}

action in_the_filter(const key& pressed) {
  switch (pressed.is) {
  case special::enter:
    return action::keep;
  case special::escape:
    return action::back;
  case special::backspace:
    return action::erase;
  case special::none:
    break;
  default:
    return moving(pressed);
  }
  if (pressed.character == control('u')) return action::clear;
  return pressed.character >= U' ' ? action::type : action::nothing;
}

/// Where something was opened that can be closed.
action in_front(place at, const key& pressed) {
  if (pressed.is == special::escape || pressed.character == U'q') return action::back;
  const bool is_help =
      pressed.is == special::help || pressed.character == U'?' || pressed.character == U'h';
  if (is_help) return at == place::help ? action::back : action::help;
  if (pressed.character == U'p') return action::pause;
  const bool is_back = at == place::messages && pressed.is == special::left;
  return is_back ? action::back : moving(pressed);
}

} // namespace

action action_of(place at, const key& pressed) {
  switch (at) {
  case place::rows:
    return among_rows(pressed);
  case place::filter:
    return in_the_filter(pressed);
  default:
    return in_front(at, pressed);
  }
}

} // namespace termlease::cli::top
