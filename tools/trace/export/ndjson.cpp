#include "tools/trace/export/ndjson.hpp"

#include "tools/trace/export/texts.hpp"
#include "tools/trace/step_json.hpp"

#include <ostream>

namespace termlease::trace {

void write_ndjson(const log& from, std::ostream& to) {
  for (const auto& each : from.steps) to << line_of(json_of(from, each)) << '\n';
}

} // namespace termlease::trace
