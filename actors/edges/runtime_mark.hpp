#pragma once

// Why: what a runtime started has to be found when the runtime is no more. A name proves nothing,
// so it gives each program that it starts a mark: its own number and when it began, which no other
// process ever has both of. Children inherit it. Terminals get none: they are meant to stay.

#include "actors/edges/proc_files.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace termlease::actors {

/// The name, and "=", of the variable that holds the mark.
inline constexpr std::string_view mark_variable = "TERMLEASE_RUNTIME=";

/// "NUMBER.START" of this process.
std::string mark_of_this_runtime();

/// The runtime that a mark names; nothing when the text is none.
std::optional<process_facts> runtime_in(std::string_view mark);

/// Whether that very process, and no other of its number, is there.
bool lives(const process_facts& process);

} // namespace termlease::actors
