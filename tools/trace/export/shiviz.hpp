#pragma once

// Why: that one thing came before another is no matter of clocks but of what caused what, and
// ShiViz draws just that, from vector clocks. A step's clock is the one of the actor's step before,
// of the step that sent the message, and of the turn that had asked, whichever is later, and one
// more for the actor itself.
//
// The log is in the form that ShiViz's page expects from the start: the event on one line, the host
// and its clock on the next.
// https://bitbucket.org/bestchai/shiviz/wiki/Home

#include "bus/trace/reader.hpp"

#include <iosfwd>

namespace termlease::trace {

void write_shiviz(const log& from, std::ostream& to);

} // namespace termlease::trace
