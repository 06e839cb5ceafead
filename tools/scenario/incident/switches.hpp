#pragma once

// Why: a change of the backend is asked for, allowed, and then goes well or not, each with a record
// of its own. To play it again, what will become of it has to be set up before it is asked for.

#include "messages/switching.hpp"
#include "tools/scenario/incident/decisions.hpp"
#include "tools/scenario/incident/hindsight.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace termlease::scenario {

class told_switches {
public:
  /// Puts who asks into a step.
  using asker = std::function<messages::json(const std::string& who, messages::json words)>;

  told_switches(decisions& policy, const hindsight& later, asker by)
      : policy_(policy), later_(later), by_(std::move(by)) {}

  /// The steps that lead to a record, in order, and those that follow it; nothing for one that is
  /// about something else.
  struct steps {
    std::vector<messages::json> before;
    std::vector<messages::json> after{};
  };

  std::optional<steps> around(const messages::record& each);

  /// The step that asked an approver.
  messages::json asked(const messages::approval_view& question);

private:
  steps allowed(const messages::record& at, const messages::share_switch_allowed& news);
  messages::json step(const std::string& who, const std::string& backend, const char* answer);

  decisions& policy_;
  const hindsight& later_;
  asker by_;
  bool asked_ = false; ///< its step was told with its question
};

} // namespace termlease::scenario
