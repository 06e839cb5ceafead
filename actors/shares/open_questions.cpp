#include "actors/shares/open_questions.hpp"

namespace termlease::actors {

void open_questions::lost(const std::string& share_id) {
  for (auto next = open_.lower_bound({share_id, 0}); next != open_.end();
       next = open_.lower_bound({share_id, 0})) {
    if (next->first.first != share_id) break;
    close(key(next->first), nullptr);
  }
}

void open_questions::close(const key& place, messages::answer* got) {
  auto asked = open_.extract(place);
  if (asked.empty()) return;
  const auto& [reply, without_answer] = asked.mapped();
  reply(got != nullptr ? std::move(*got) : without_answer());
}

} // namespace termlease::actors
