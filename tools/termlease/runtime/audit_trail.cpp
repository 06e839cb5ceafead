#include "tools/termlease/runtime/audit_trail.hpp"

#include <iterator>
#include <utility>

namespace termlease::cli {

std::vector<messages::record> read_all(bus::client& runtime, messages::query_audit query) {
  std::vector<messages::record> all;
  for (;;) {
    auto part = runtime.ask<messages::record_list>(query);
    std::move(part.records.begin(), part.records.end(), std::back_inserter(all));
    if (!part.more || all.empty()) return all;
    query.from = all.back().sequence + 1;
  }
}

} // namespace termlease::cli
