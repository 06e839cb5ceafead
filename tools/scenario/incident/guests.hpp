#pragma once

// Why: a guest comes, knocks or leaves by itself, or because somebody let it in or put it out. The
// journal holds both, and a script must do only the first: what follows from it comes by itself.

#include "messages/record.hpp"
#include "messages/shares.hpp"
#include "tools/scenario/incident/decisions.hpp"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace termlease::scenario {

/// What became of the guests of one share, told as steps.
class told_guests {
public:
  /// Adds to a step who did it.
  using author = std::function<messages::json(const std::string& who, messages::json words)>;

  told_guests(decisions& policy, author by) : policy_(policy), by_(std::move(by)) {}

  /// The steps from which such a record follows, perhaps none; nothing when it is about no guest.
  std::optional<std::vector<messages::json>> before(const messages::record& each);

  /// The step that asks what an approval was asked for.
  messages::json asked(const messages::approval_view& question) const;

  /// It was answered: what follows comes by itself.
  void answered(const messages::approval_view& question) { answered_.insert(question.guest_id); }

private:
  std::vector<messages::json> comes(const messages::guest_view& guest, const char* what);
  std::vector<messages::json> goes(const messages::guest_view& guest);
  std::vector<messages::json> mode_changes(const messages::record& at, const std::string& guest,
                                           messages::share_mode mode, bool allowed);

  decisions& policy_;
  author by_;
  std::set<std::string> let_in_;
  std::set<std::string> put_out_;
  std::set<std::string> answered_; ///< for whom the keyboard was asked
};

} // namespace termlease::scenario
