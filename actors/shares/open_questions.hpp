#pragma once

// Why: a session that crashed answers nobody any more. Whoever asked something of one is kept here
// until the answer comes, and is told when none will.

#include "messages/answer.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace termlease::actors {

/// What the sessions of shares were asked and have not answered yet; lives inside their branch.
class open_questions {
public:
  using replier = std::function<void(messages::answer)>;

  explicit open_questions(caf::event_based_actor* self) : self_(self) {}

  /// Asks `session` of that share. `reply` is called once: with its answer, or with what
  /// `without_answer` makes when it is not there any more.
  template <class... Words>
  void ask(const std::string& share_id, const caf::actor& session, replier reply,
           std::function<messages::answer()> without_answer, const Words&... words) {
    const key place{share_id, ++last_};
    open_[place] = {std::move(reply), std::move(without_answer)};
    self_->request(session, caf::infinite, words...)
        .then([this, place](messages::answer& got) { close(place, &got); },
              [this, place](const caf::error&) { close(place, nullptr); });
  }

  /// The session of this share is gone.
  void lost(const std::string& share_id);

private:
  using key = std::pair<std::string, std::uint64_t>;

  struct question {
    replier reply;
    std::function<messages::answer()> without_answer;
  };

  void close(const key& place, messages::answer* got);

  caf::event_based_actor* self_;
  std::map<key, question> open_;
  std::uint64_t last_ = 0;
};

} // namespace termlease::actors
