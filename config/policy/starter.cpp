#include "config/policy/load.hpp"

namespace termlease::config {

std::string_view starter_policy() {
  return R"toml(# Who may lend which terminal, to what extent, and who is asked first.
#
# What no rule names is denied. Where several rules match, "deny" beats "require" beats "allow",
# whatever their order. Changes count from the next request on; a mistake in this file denies
# everything until it is mended: `termlease policy check` finds it.

version = 1

# You, the operator, may lend a terminal to look at, for up to an hour, at once. An extension counts
# from now until the new end: a share can be kept going, an hour at a time.
[[rule]]
name = "operator-lends-read-only"
description = "the operator may lend a terminal to look at for up to an hour"
effect = "allow"
actions = ["share.start", "share.extend", "share.switch"]
requesters = ["operator"]
modes = ["ro"]
max_ttl = "1h"

# Whoever gets a terminal read-write has your shell, with your rights. So it takes a second, deliberate
# act, `termlease approve ID`, also where a share that was to look at gets the keyboard.
[[rule]]
name = "operator-confirms-read-write"
description = "a read-write guest has the operator's own shell"
effect = "require"
actions = ["share.start", "share.extend", "share.mode", "share.switch"]
requesters = ["operator"]
modes = ["rw"]
approvers = ["operator"]

# Whatever an agent wants to lend, you are asked. An agent can never approve its own request, not
# even if a rule names it.
[[rule]]
name = "agents-ask"
description = "whatever an agent wants to lend needs the operator's word"
effect = "require"
actions = ["share.start", "share.extend", "share.mode", "share.switch"]
requesters = ["agent:*"]
approvers = ["operator"]

# So it is for every other person to whom you gave a token.
[[rule]]
name = "humans-ask"
description = "whatever somebody else wants to lend needs the operator's word"
effect = "require"
actions = ["share.start", "share.extend", "share.mode", "share.switch"]
requesters = ["human:*"]
approvers = ["operator"]
)toml";
}

} // namespace termlease::config
