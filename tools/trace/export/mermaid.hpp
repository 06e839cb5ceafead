#pragma once

// Why: who said what to whom, in which order, is best seen in a sequence diagram, and Mermaid's are
// drawn by whatever shows Markdown: an issue, a wiki, an editor. A diagram of thousands of messages
// is no picture any more, and Mermaid refuses one that is too long. So it ends after `most_steps`,
// and says so; `--share` and the other choices are how to get a smaller one.
// https://mermaid.js.org/syntax/sequenceDiagram.html

#include "bus/trace/reader.hpp"

#include <cstddef>
#include <iosfwd>

namespace termlease::trace {

inline constexpr std::size_t most_steps = 500;

void write_mermaid(const log& from, std::ostream& to);

} // namespace termlease::trace
