#include "bus/router/subscription.hpp"

#include "bus/topics.hpp"

#include <algorithm>

namespace termlease::bus {

using messages::failed;

subscription::subscription(const messages::subscribe& wanted)
    : patterns_(wanted.topics), share_id_(wanted.share_id), terminal_id_(wanted.terminal_id) {
  if (patterns_.empty()) patterns_.emplace_back(">");
  if (patterns_.size() > max_patterns)
    throw failed("bad_pattern",
                 "a subscription has at most " + std::to_string(max_patterns) + " patterns",
                 "use a wider pattern, such as share.>");
  for (const auto& each : patterns_)
    if (!is_pattern(each))
      throw failed("bad_pattern", "a topic pattern is not understood",
                   "join names with dots; * is one of them and > is the rest, as in share.>");
}

bool subscription::concerns(const std::string& share_id, const std::string& terminal_id) const {
  return (share_id_.empty() || share_id_ == share_id) &&
         (terminal_id_.empty() || terminal_id_ == terminal_id);
}

bool subscription::wants(std::string_view topic, const messages::record& record) const {
  return concerns(record.share_id, record.terminal_id) && wants(topic);
}

bool subscription::wants(std::string_view topic) const {
  return std::any_of(patterns_.begin(), patterns_.end(),
                     [&](const std::string& pattern) { return matches(pattern, topic); });
}

} // namespace termlease::bus
