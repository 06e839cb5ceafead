#pragma once

// Why: some of what has to be set up before a step is only told by records that come after it: how
// long a link took, by how much an extension was wanted. Here the whole trail is looked through.

#include "messages/record.hpp"
#include "messages/shares.hpp"

#include <string>
#include <vector>

namespace termlease::scenario {

template <class Event> bool is(const messages::record& each) {
  return each.event_type == Event::describe().name;
}

template <class Event> Event read(const messages::record& each) {
  return messages::decoded<Event>(messages::json::parse(each.metadata.text));
}

/// How the way from the request to the link went.
struct way_to_the_link {
  messages::span took;              ///< from the decision on; zero: no time, or there was no link
  bool unwritable_decision = false; ///< nobody knew whether the decision was durable
  bool unwritable_approval = false; ///< it was approved, and could not be recorded as allowed
  bool never = false;               ///< it was allowed, and there was no link
};

/// What became of a change of the backend.
struct switch_outcome {
  bool switched = false;
  bool failed = false; ///< neither: the share ended before
  messages::span took;
};

/// Both references outlive it.
class hindsight {
public:
  hindsight(const std::string& share_id, const std::vector<messages::record>& records)
      : id_(share_id), records_(records) {}

  /// What the requester was told at once: nothing, unless it was refused or opened at that moment.
  std::string answer_to(const messages::record& request, const messages::share_view& share) const;

  way_to_the_link opening() const;

  /// By how much an extension that had to be approved was wanted; its end tells.
  std::string asked_by(const messages::record& from) const;

  /// From the moment that was its end to the record of it, where that moment is known before.
  messages::span end_took() const;

  messages::span stopped_after(const messages::record& at) const;

  /// Of the one that `allowed` is the record of.
  struct switch_outcome switch_outcome(const messages::record& allowed) const;

  /// Whether the change that this is the failure of was allowed in the same moment.
  bool failed_at_once(const messages::record& failure) const;

private:
  const std::string& id_;
  const std::vector<messages::record>& records_;
};

} // namespace termlease::scenario
