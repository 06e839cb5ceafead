#include "tools/worker/mirror/zellij/key_queue.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace termlease::worker {

namespace {

constexpr std::string_view paste_begin = "\x1b[200~";
constexpr std::string_view paste_end = "\x1b[201~";

struct special {
  std::string_view typed;
  std::string_view written;
};

// The second two are how tmux would have them, which guests' keys are turned into first.
constexpr std::array specials{special{"\x1b[A", "\x1b[A"},  special{"\x1b[B", "\x1b[B"},
                              special{"\x1b[C", "\x1b[C"},  special{"\x1b[D", "\x1b[D"},
                              special{"\x1b[1~", "\x1b[H"}, special{"\x1b[4~", "\x1b[F"}};

const special* special_at(std::string_view bytes) {
  const auto* found = std::ranges::find_if(
      specials, [&](const special& each) { return bytes.starts_with(each.typed); });
  return found == specials.end() ? nullptr : found;
}

} // namespace

void key_queue::add(std::string_view bytes, bool alone) {
  waiting_ += bytes.size();
  const bool joins = !alone && !writes_.empty() && !writes_.back().alone &&
                     writes_.back().bytes.size() + bytes.size() <= most_at_once;
  if (joins)
    writes_.back().bytes.append(bytes);
  else
    writes_.push_back({std::string(bytes), alone});
}

bool key_queue::type(std::string_view bytes) {
  if (waiting_ + bytes.size() > most_waiting) return false;
  while (!bytes.empty()) {
    if (const auto* found = special_at(bytes)) {
      add(found->written, true);
      bytes.remove_prefix(found->typed.size());
      continue;
    }
    auto end = std::min(bytes.find('\x1b', 1), std::min(bytes.size(), most_at_once));
    while (end < bytes.size() && end < most_at_once && special_at(bytes.substr(end)) == nullptr)
      end = std::min({bytes.find('\x1b', end + 1), bytes.size(), most_at_once});
    add(bytes.substr(0, end), false);
    bytes.remove_prefix(end);
  }
  return true;
}

bool key_queue::paste(std::string_view body) {
  if (waiting_ + body.size() > most_waiting) return false;
  add(paste_begin, true);
  for (; !body.empty(); body.remove_prefix(std::min(body.size(), most_at_once)))
    add(body.substr(0, most_at_once), true);
  add(paste_end, true);
  return true;
}

std::string key_queue::take() {
  auto next = std::move(writes_.front().bytes);
  writes_.pop_front();
  waiting_ -= next.size();
  return next;
}

void key_queue::clear() {
  writes_.clear();
  waiting_ = 0;
}

} // namespace termlease::worker
