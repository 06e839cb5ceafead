#include "tools/termlease/top/board.hpp"

#include "tools/termlease/output/safe_text.hpp"
#include "tools/termlease/output/times.hpp"
#include "tools/termlease/top/view.hpp"

#include <algorithm>

namespace termlease::cli::top {

namespace {

/// The lowest start of a window in which `at` is visible, near where it was.
std::size_t start_with(std::size_t start, std::size_t at, std::size_t room) {
  if (room == 0 || at < start) return at;
  return at < start + room ? start : at - room + 1;
}

std::size_t last_start(std::size_t length, std::size_t room) {
  return length - std::min(length, room);
}

std::string utf8_of(char32_t character) {
  const auto byte = [](char32_t bits) { return static_cast<char>(bits); };
  const auto more = [&](unsigned shift) { return byte(0x80U | (character >> shift & 0x3fU)); };
  if (character < 0x80) return {byte(character)};
  if (character < 0x800) return {byte(0xc0U | character >> 6U), more(0)};
  if (character < 0x10000) return {byte(0xe0U | character >> 12U), more(6), more(0)};
  return {byte(0xf0U | character >> 18U), more(12), more(6), more(0)};
}

void erase_last(std::string& text) {
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xc0U) == 0x80U)
    text.pop_back();
  if (!text.empty()) text.pop_back();
}

std::size_t moved(std::size_t from, action how, std::size_t length, std::size_t room) {
  const auto last = length == 0 ? 0 : length - 1;
  const auto page = std::max<std::size_t>(room, 1);
  switch (how) {
  case action::up:
    return from - std::min<std::size_t>(from, 1);
  case action::down:
    return std::min(from + 1, last);
  case action::page_up:
    return from - std::min(from, page);
  case action::page_down:
    return std::min(from + page, last);
  case action::first:
    return 0;
  case action::last:
    return last;
  default:
    return from;
  }
}

} // namespace

void board::take(const answer& news, messages::instant at) {
  scene_.wrong = {};
  if (scene_.is_paused) {
    held_ = news;
    held_at_ = at;
  } else {
    apply(news, at);
  }
}

void board::take(const messages::failure& why, messages::instant at) {
  if (scene_.wrong.code.empty()) scene_.wrong.since = local_time(at, at);
  scene_.wrong.code = why.code;
  scene_.wrong.message = safe(why.message);
}

void board::apply(const answer& news, messages::instant at) {
  model_.take(news);
  scene_.runtime = news.runtime;
  scene_.taken = at;
  scene_.sum = model_.sum();
  is_stale_ = true;
  look();
}

std::optional<std::string> board::wants() const {
  if (!is_stale_ || scene_.opened.empty()) return std::nullopt;
  return scene_.opened;
}

void board::take(past of_it) {
  scene_.last = std::move(of_it);
  is_stale_ = false;
}

/// After anything that rows depend on.
void board::look() {
  scene_.rows = model_.rows(scene_.wanted);
  const auto found =
      std::ranges::find(scene_.rows, chosen_, [](const row& each) { return each.what.of.actor; });
  choose(found != scene_.rows.end() ? static_cast<std::size_t>(found - scene_.rows.begin())
                                    : scene_.chosen);
  scene_.opened_now.reset();
  if (const auto* one = model_.find(scene_.opened)) scene_.opened_now = *one;
}

void board::choose(std::size_t at) {
  const auto last = scene_.rows.empty() ? 0 : scene_.rows.size() - 1;
  scene_.chosen = std::min(at, last);
  if (!scene_.rows.empty()) chosen_ = scene_.rows[scene_.chosen].what.of.actor;
}

void board::fit(const extent& size) {
  size_ = size;
  const auto room = room_in(size);
  scene_.first_row = std::min(start_with(scene_.first_row, scene_.chosen, room),
                              last_start(scene_.rows.size(), room));
  const auto start = last_start(length_of(scene_, size), room);
  if (scene_.at == place::messages) scene_.first_message = std::min(scene_.first_message, start);
  if (scene_.at == place::help) scene_.first_help = std::min(scene_.first_help, start);
}

bool board::press(const key& pressed) {
  scene_.note.clear();
  const auto what = action_of(scene_.at, pressed);
  switch (what) {
  case action::leave:
    return false;
  case action::back:
    close();
    break;
  case action::open:
    open();
    break;
  case action::fold:
  case action::unfold:
  case action::turn_fold:
    fold(what);
    break;
  case action::next_order:
  case action::previous_order:
    reorder(what);
    break;
  case action::pause:
    pause();
    break;
  case action::help:
    scene_.behind = scene_.at;
    scene_.at = place::help;
    scene_.first_help = 0;
    break;
  case action::filter:
  case action::type:
  case action::erase:
  case action::clear:
  case action::keep:
    edit(what, pressed.character);
    break;
  default:
    move(what);
  }
  fit(size_);
  return true;
}

void board::move(action how) {
  const auto room = room_in(size_);
  const auto length = length_of(scene_, size_);
  if (scene_.at == place::messages)
    scene_.first_message = moved(scene_.first_message, how, length, room);
  else if (scene_.at == place::help)
    scene_.first_help = moved(scene_.first_help, how, length, room);
  else
    choose(moved(scene_.chosen, how, length, room));
}

void board::open() {
  if (scene_.rows.empty()) return;
  scene_.at = place::messages;
  scene_.opened = chosen_;
  scene_.last = {};
  scene_.first_message = 0;
  is_stale_ = true;
  look();
}

void board::close() {
  if (scene_.at == place::help) {
    scene_.at = scene_.behind;
    return;
  }
  if (scene_.at == place::messages)
    scene_.opened.clear();
  else
    scene_.wanted.filter.clear();
  scene_.at = place::rows;
  look();
}

void board::fold(action how) {
  if (scene_.rows.empty()) return;
  if (scene_.wanted.by != order::tree || !scene_.wanted.filter.empty()) {
    scene_.note = scene_.wanted.by == order::tree
                      ? "Esc clears the filter; then branches fold"
                      : "press s until the tree is back; then branches fold";
    return;
  }
  const auto is = scene_.rows[scene_.chosen].is;
  if (is == branch::folded && how != action::fold)
    scene_.wanted.folded.erase(chosen_);
  else if (is == branch::open && how != action::unfold)
    scene_.wanted.folded.insert(chosen_);
  else if (how == action::fold && !parent_of(chosen_).empty())
    chosen_ = parent_of(chosen_);
  look();
}

void board::reorder(action how) {
  const auto step = how == action::next_order ? 1 : orders - 1;
  scene_.wanted.by =
      static_cast<order>((static_cast<std::size_t>(scene_.wanted.by) + step) % orders);
  scene_.note = "order: " + std::string(word_of(scene_.wanted.by));
  look();
  // Who asks for the busiest looks at the top; in the tree one stays with whom one found there.
  if (scene_.wanted.by != order::tree) choose(0);
}

void board::edit(action how, char32_t character) {
  auto& text = scene_.wanted.filter;
  scene_.at = how == action::keep ? place::rows : place::filter;
  if (how == action::type) text += utf8_of(character);
  if (how == action::erase) erase_last(text);
  if (how == action::clear) text.clear();
  look();
}

void board::pause() {
  scene_.is_paused = !scene_.is_paused;
  if (scene_.is_paused || !held_) return;
  apply(*held_, held_at_);
  held_.reset();
}

} // namespace termlease::cli::top
