#include "tools/scenario/incident/decisions.hpp"

#include <algorithm>
#include <map>

namespace termlease::scenario {

using namespace messages;

namespace {

/// As a TOML string, whose escapes are those of JSON.
std::string quoted(const std::string& text) {
  return json(text).dump();
}

} // namespace

decisions::rule& decisions::at(const std::vector<std::string>& names, policy_effect effect,
                               const std::string& action, const std::string& requester) {
  const auto name = names.empty() ? "as-it-was" : names.front();
  const key wanted{name, effect, action, requester};
  for (auto& [what, one] : rules_)
    if (what == wanted) return one;
  return rules_.emplace_back(wanted, rule{}).second;
}

void decisions::allows(const std::string& action, const std::string& requester, span ttl,
                       const std::vector<std::string>& rules) {
  auto& one = at(rules, policy_effect::allow, action, requester);
  one.ttl = std::max(one.ttl, ttl);
}

void decisions::denies(const std::string& action, const std::string& requester,
                       const std::vector<std::string>& rules) {
  // What no rule named is denied here as well.
  if (!rules.empty()) at(rules, policy_effect::deny, action, requester);
}

void decisions::asks(const approval_view& question) {
  for (const auto& each : question.stages) {
    std::string approvers;
    for (const auto& one : each.approvers)
      approvers += (approvers.empty() ? "" : ", ") + quoted(one);
    at({each.rule}, policy_effect::require, question.action, question.requested_by).more = {
        "approvers = [" + approvers + "]", "quorum = " + std::to_string(each.quorum),
        "deadline = " + quoted(to_text(each.deadline))};
  }
}

std::vector<std::string> decisions::lines() const {
  std::vector<std::string> text{"version = 1"};
  std::map<std::string, int> used;
  for (const auto& [what, one] : rules_) {
    const auto& [name, effect, action, requester] = what;
    const auto times = ++used[name];
    text.push_back("[[rule]]");
    text.push_back("name = " + quoted(times == 1 ? name : name + "-" + std::to_string(times)));
    text.push_back("effect = " + quoted(std::string(name_of(effect))));
    text.push_back("actions = [" + quoted(action) + "]");
    text.push_back("requesters = [" + quoted(requester) + "]");
    if (one.ttl > span{}) text.push_back("max_ttl = " + quoted(to_text(one.ttl)));
    text.insert(text.end(), one.more.begin(), one.more.end());
  }
  return text;
}

} // namespace termlease::scenario
