#include "tools/termlease/top/screen.hpp"

#include "tools/termlease/errors.hpp"
#include "tools/termlease/invocation.hpp"
#include "tools/termlease/output/safe_text.hpp"

#include <cerrno>
#include <clocale>
#include <curses.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termcap.h>
#include <unistd.h>

namespace termlease::cli::top {

namespace {

constexpr int escape_delay_ms = 25; ///< between an Esc and the rest of a key that begins with it
constexpr wint_t escape_code = 27;
constexpr wint_t redraw_code = 12; // Ctrl-L

enum pairs : short { good_pair = 1, warning_pair, bad_pair, accent_pair };

sigset_t signals_of_the_terminal() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGWINCH);
  sigaddset(&set, SIGTSTP);
  return set;
}

void make_colours() {
  ::start_color();
  ::use_default_colors();
  ::init_pair(good_pair, COLOR_GREEN, -1);
  ::init_pair(warning_pair, COLOR_YELLOW, -1);
  ::init_pair(bad_pair, COLOR_RED, -1);
  ::init_pair(accent_pair, COLOR_CYAN, -1);
}

attr_t look_of(tone how, bool in_colour) {
  const auto pair = [&](pairs which) { return in_colour ? COLOR_PAIR(which) : attr_t{A_NORMAL}; };
  switch (how) {
  case tone::bold:
    return A_BOLD;
  case tone::dim:
    return A_DIM;
  case tone::good:
    return pair(good_pair);
  case tone::warning:
    return pair(warning_pair) | A_BOLD;
  case tone::bad:
    return pair(bad_pair) | A_BOLD;
  case tone::accent:
    return pair(accent_pair);
  case tone::plain:
    return A_NORMAL;
  }
  return A_NORMAL;
}

special special_of(wint_t code) {
  switch (code) {
  case KEY_UP:
    return special::up;
  case KEY_DOWN:
    return special::down;
  case KEY_LEFT:
    return special::left;
  case KEY_RIGHT:
    return special::right;
  case KEY_PPAGE:
    return special::page_up;
  case KEY_NPAGE:
    return special::page_down;
  case KEY_HOME:
    return special::home;
  case KEY_END:
    return special::end;
  case KEY_ENTER:
    return special::enter;
  case KEY_BACKSPACE:
    return special::backspace;
  case KEY_F(1):
    return special::help;
  default:
    return special::none;
  }
}

key key_of(wint_t character) {
  switch (character) {
  case L'\r':
  case L'\n':
    return {special::enter};
  case L'\b':
  case 127:
    return {special::backspace};
  case escape_code:
    return {special::escape};
  default:
    return {special::none, static_cast<char32_t>(character)};
  }
}

[[noreturn]] void refuse() {
  const auto type = variable("TERM");
  throw usage_error("usage",
                    type.empty() ? "top can't draw on a terminal of no known type (TERM)"
                                 : "top can't draw on a terminal of the type '" + type + "' (TERM)",
                    "`termlease tree` prints the same once; or set TERM to what this terminal is");
}

} // namespace

void check_terminal() {
  const auto type = variable("TERM");
  const bool is_dumb = type.empty() || type == "dumb" || ::tgetent(nullptr, type.c_str()) != 1;
  if (is_dumb || ::tgetstr("cm", nullptr) == nullptr) refuse();
}

struct screen::terminal {
  SCREEN* of;
};

screen::screen(bool in_colour) : in_colour_(in_colour) {
  // The rest of the program writes UTF-8 whatever the locale is, and counts columns by it.
  std::setlocale(LC_CTYPE, "C.UTF-8");
  const auto set = signals_of_the_terminal();
  ::pthread_sigmask(SIG_BLOCK, &set, &before_);
  auto* made = ::newterm(nullptr, stdout, stdin);
  if (made == nullptr) {
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    refuse();
  }
  terminal_ = std::make_unique<terminal>(made);
  ::set_escdelay(escape_delay_ms);
  ::cbreak();
  ::noecho();
  ::nonl();
  ::keypad(stdscr, TRUE);
  ::nodelay(stdscr, TRUE);
  ::intrflush(stdscr, FALSE);
  ::curs_set(0);
  in_colour_ = in_colour && ::has_colors();
  if (in_colour_) make_colours();
}

screen::~screen() {
  ::endwin();
  ::delscreen(terminal_->of);
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

extent screen::size() {
  winsize real{};
  // Asked for each time: it may have changed while this was stopped by Ctrl-Z.
  const bool is_known =
      ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &real) == 0 && real.ws_row > 0 && real.ws_col > 0;
  if (is_known && ::is_term_resized(real.ws_row, real.ws_col))
    ::resizeterm(real.ws_row, real.ws_col);
  return {static_cast<std::size_t>(getmaxx(stdscr)), static_cast<std::size_t>(getmaxy(stdscr))};
}

void screen::show(const std::vector<line>& lines) {
  ::werase(stdscr);
  const auto width = static_cast<std::size_t>(getmaxx(stdscr));
  for (std::size_t row = 0; row < lines.size(); ++row) {
    ::wmove(stdscr, static_cast<int>(row), 0);
    const auto& each = lines[row];
    const attr_t chosen = each.is_chosen ? attr_t{A_REVERSE} : attr_t{A_NORMAL};
    std::size_t taken = 0;
    for (const auto& part : each.pieces) {
      const auto how = each.is_chosen && part.how == tone::dim ? tone::plain : part.how;
      ::wattrset(stdscr, static_cast<int>(look_of(how, in_colour_) | chosen));
      ::waddnstr(stdscr, part.text.data(), static_cast<int>(part.text.size()));
      taken += width_of(part.text);
    }
    ::wattrset(stdscr, static_cast<int>(chosen));
    if (each.is_chosen && taken < width) {
      const std::string rest(width - taken, ' ');
      ::waddnstr(stdscr, rest.data(), static_cast<int>(rest.size()));
    }
  }
  ::wattrset(stdscr, A_NORMAL);
  ::wrefresh(stdscr);
}

bool screen::wait(std::span<const int> others) const {
  std::vector<pollfd> ready{{STDIN_FILENO, POLLIN, 0}};
  for (const int each : others) ready.push_back({each, POLLIN, 0});
  sigset_t meanwhile;
  ::pthread_sigmask(SIG_BLOCK, nullptr, &meanwhile);
  sigdelset(&meanwhile, SIGWINCH);
  sigdelset(&meanwhile, SIGTSTP);
  if (::ppoll(ready.data(), ready.size(), nullptr, &meanwhile) < 0) return errno == EINTR;
  return (ready[0].revents & (POLLHUP | POLLERR | POLLNVAL)) == 0;
}

std::vector<key> screen::keys() {
  std::vector<key> all;
  wint_t code = 0;
  for (int got = ::wget_wch(stdscr, &code); got != ERR; got = ::wget_wch(stdscr, &code)) {
    if (got == KEY_CODE_YES) {
      if (const auto is = special_of(code); is != special::none) all.push_back({is});
    } else if (code == redraw_code) {
      ::clearok(curscr, TRUE);
    } else {
      all.push_back(key_of(code));
    }
  }
  return all;
}

} // namespace termlease::cli::top
