#pragma once

// Why: patterns decide who gets a shell, so they are the simplest that do the job: `*` and `?`.
// Whatever else looks like a pattern elsewhere is refused when the file is read; taken literally it
// would make a `deny` rule that never matches.

#include "messages/identity.hpp"

#include <string>
#include <string_view>

namespace termlease::config {

/// `*` stands for any characters, none included; `?` for exactly one (a whole UTF-8 character).
/// The whole text has to match; case counts. Time: at most the product of both lengths.
bool matches(std::string_view pattern, std::string_view text);

/// What is wrong with a pattern; empty when it is fine.
std::string pattern_problem(std::string_view pattern);

/// Does a pattern for people ("operator", "human:NAME", "agent:NAME", "*") mean `who`?
/// NAME is a pattern. The runtime itself is never meant.
bool means(std::string_view pattern, const messages::identity& who);

/// What is wrong with a pattern for people; empty when it is fine.
std::string person_pattern_problem(std::string_view pattern);

/// True when at most one person can be meant.
bool means_one_person(std::string_view pattern);

} // namespace termlease::config
