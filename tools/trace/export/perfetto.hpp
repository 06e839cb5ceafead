#pragma once

// Why: where time went is seen on a timeline. Perfetto's viewer draws one of millions of slices,
// and answers SQL about them. Each actor has a track, which stands below its parent's in the tree
// of supervision; each turn is a slice of it; and an arrow goes from each turn to what it caused.
//
// Slices of one track must lie beside each other. Turns of one actor do; actors that bear the same
// name may run at the same time, and get as many tracks as are needed for it.
// https://perfetto.dev/docs/reference/synthetic-track-event

#include "bus/trace/reader.hpp"

#include <iosfwd>

namespace termlease::trace {

void write_perfetto(const log& from, std::ostream& to);

} // namespace termlease::trace
