#include "tools/trace/export/formats.hpp"

#include "tools/trace/export/mermaid.hpp"
#include "tools/trace/export/ndjson.hpp"
#include "tools/trace/export/otlp.hpp"
#include "tools/trace/export/perfetto.hpp"
#include "tools/trace/export/shiviz.hpp"

#include <algorithm>
#include <array>

namespace termlease::trace {

namespace {

constexpr std::array<export_format, 5> all{{
    {"perfetto", "a timeline with a track for each actor, for Perfetto", true, write_perfetto},
    {"otlp", "spans as OpenTelemetry has them, for Jaeger, Tempo and others", false, write_otlp},
    {"mermaid", "a sequence diagram, for Mermaid and whatever shows Markdown", false,
     write_mermaid},
    {"shiviz", "vector clocks, for ShiViz", false, write_shiviz},
    {"ndjson", "a JSON object a line for each step, for programs of your own", false, write_ndjson},
}};

} // namespace

std::span<const export_format> formats() {
  return all;
}

const export_format* find_format(std::string_view name) {
  const auto found = std::ranges::find(all, name, &export_format::name);
  return found != all.end() ? &*found : nullptr;
}

} // namespace termlease::trace
