#pragma once

// Why: what happened once can be looked at as often as anybody likes, with another policy, in
// another order, a step further. The journal tells who asked, who decided, when, and how it ended;
// here it becomes the script of the same day. What the journal never holds (keys, links, what was
// on the screen) a scenario doesn't need.

#include "messages/record.hpp"
#include "tools/scenario/script/script.hpp"

#include <string>
#include <vector>

namespace termlease::scenario {

/// The scenario of one share. `records` are in the journal's order and hold at least everything
/// from its request to its end. The policy is one that decides as the real one did. Throws `failed`
/// (`no_such_share`) when its request isn't among them.
script incident_of(const std::string& share_id, const std::vector<messages::record>& records);

} // namespace termlease::scenario
