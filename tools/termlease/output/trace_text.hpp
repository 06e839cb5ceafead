#pragma once

// Why: a tree of causes is read from left to right: when, how long it waited, how long it ran, and
// then who and what, indented below what it came from. Times stand in columns, so that the slow
// ones are found by running down them.

#include "tools/termlease/output/console.hpp"
#include "tools/trace/causal_tree.hpp"

namespace termlease::cli {

/// Prints the whole trace as trees; `fold` leaves out neighbours that look alike.
void print_trees(const console& to, const trace::log& what, bool fold);

/// Prints one step on a line of its own, for whoever follows.
void print_step(const console& to, const trace::log& from, const trace::step& each);

/// What a reader has to know of what is missing; empty when nothing is.
std::string gaps_of(const trace::log& what);

} // namespace termlease::cli
