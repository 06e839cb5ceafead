#pragma once

// Why: programs that collect the traces of many systems read OpenTelemetry's format, and a share
// may be one step of something larger that such a program shows already. Each step is a span. Spans
// of one correlation are one trace, and a command's span has the client's own as its parent.
//
// A span has one parent, and it must be of the same trace. What else led to a step is a link: of an
// answer, the turn that gave it; of a step that belongs to something else than what caused it, its
// cause.
// https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding

#include "bus/trace/reader.hpp"

#include <iosfwd>

namespace termlease::trace {

/// One object, `TracesData`.
void write_otlp(const log& from, std::ostream& to);

} // namespace termlease::trace
