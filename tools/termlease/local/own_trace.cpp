#include "tools/termlease/local/own_trace.hpp"

#include "config/paths.hpp"
#include "messages/failure.hpp"

#include <set>

namespace termlease::cli {

using messages::failed;

trace::log read_own_trace(const std::string& file, std::uint64_t from) {
  if (!file.empty()) return trace::read_trace(std::filesystem::path(file), from);
  const auto ring = config::find_paths().trace_ring();
  if (!std::filesystem::exists(ring))
    throw failed("no_trace", "no runtime has kept a trace here: " + ring.string() + " is missing",
                 "start one with `termlease daemon`; with trace.ring = 0 in the settings, or on a "
                 "full disk, none is kept");
  return trace::read_trace(ring, from);
}

std::int64_t clock_of(const trace::log& from, messages::instant at) {
  return from.about.clock_ns + (at.ms - from.about.wall_ms) * 1'000'000;
}

std::string share_in(const trace::log& from, const std::string& id) {
  constexpr std::string_view branch = "shares/";
  std::set<std::string> found;
  for (const auto& [name, text] : from.texts()) {
    if (!text.starts_with(branch)) continue;
    auto share = text.substr(branch.size());
    share = share.substr(0, share.find('/'));
    if (share == id) return id;
    if (share.starts_with(id) || share.ends_with(id)) found.emplace(share);
  }
  if (found.size() > 1)
    throw failed("ambiguous_id",
                 std::to_string(found.size()) + " shares begin or end with '" + id + "'",
                 "write more of the id");
  return found.empty() ? std::string{} : *found.begin();
}

} // namespace termlease::cli
