#pragma once

// Why: nothing starts that was not decided, and there is one place that decides. The gate reads the
// rules anew whenever their file changed; without good rules it is shut, and says so once.

#include "actors/core/environment.hpp"
#include "config/policy/source.hpp"

#include <caf/all.hpp>

#include <memory>

namespace termlease::actors {

/// Takes `policy_request` (answered with `policy_decision`) and the command `explain_policy`;
/// `get_policy_state` is answered with the rules' problem, or an empty text.
caf::behavior policy_gate(caf::event_based_actor* self, shared_environment env,
                          std::shared_ptr<config::policy_source> source);

/// What is wrong with the rules? Answered with a text, empty when nothing is.
using get_policy_problem = caf::atom_constant<caf::atom("polprob")>;

} // namespace termlease::actors
