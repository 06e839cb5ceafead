#pragma once

// Why: an incident is replayed with the decisions that were made, and the policy that made them may
// have changed since. The journal names the rules and the approvers, so a policy of the same effect
// is written from it, which allows as much as was allowed and no more.

#include "messages/approvals.hpp"

#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace termlease::scenario {

class decisions {
public:
  /// `rules` are the names of those that decided, `requester` is as a policy writes it.
  void allows(const std::string& action, const std::string& requester, messages::span ttl,
              const std::vector<std::string>& rules);
  void denies(const std::string& action, const std::string& requester,
              const std::vector<std::string>& rules);
  void asks(const messages::approval_view& question);

  /// The policy's text, line by line.
  std::vector<std::string> lines() const;

private:
  struct rule {
    messages::span ttl;            ///< at most; zero: any
    std::vector<std::string> more; ///< lines about approvers
  };

  using key = std::tuple<std::string, messages::policy_effect, std::string, std::string>;

  rule& at(const std::vector<std::string>& names, messages::policy_effect effect,
           const std::string& action, const std::string& requester);

  std::vector<std::pair<key, rule>> rules_; ///< by name, effect, action, requester; in their order
};

} // namespace termlease::scenario
