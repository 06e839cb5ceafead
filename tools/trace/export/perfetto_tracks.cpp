#include "tools/trace/export/perfetto_tracks.hpp"

#include <algorithm>
#include <limits>
#include <ostream>

namespace termlease::trace::perfetto {

namespace {

constexpr std::uint64_t our_sequence = 1; // packets without one are ignored
constexpr std::uint64_t never_merged = 2; // with another track that has the same name

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL; // FNV-1a
  for (const unsigned char each : text) hash = (hash ^ each) * 1099511628211ULL;
  return std::max<std::uint64_t>(1, hash);
}

} // namespace

void packets::write(protobuf packet) {
  packet.number(field::packet_sequence, our_sequence);
  protobuf file;
  file.message(field::trace_packet, packet);
  to_ << file.bytes();
}

std::uint64_t tracks::free_of(const std::string& path, std::int64_t from, std::int64_t until) {
  auto& lanes = lanes_of(path);
  auto found = std::ranges::find_if(lanes, [&](const lane& each) { return each.busy <= from; });
  if (found == lanes.end()) {
    lanes.push_back({tell(path, std::to_string(lanes.size() + 1)), until});
    return lanes.back().uuid;
  }
  found->busy = until;
  return found->uuid;
}

std::vector<tracks::lane>& tracks::lanes_of(const std::string& path) {
  auto& lanes = lanes_[path];
  if (lanes.empty()) lanes.push_back({tell(path, {}), std::numeric_limits<std::int64_t>::min()});
  return lanes;
}

/// `which` of the tracks of that path; empty for the first. Parents that are no actors get one too.
std::uint64_t tracks::tell(const std::string& path, const std::string& which) {
  const auto uuid = hash_of(which.empty() ? path : path + '\n' + which);
  if (!told_.insert(uuid).second) return uuid;
  const auto slash = path.rfind('/');
  protobuf track;
  track.number(field::track_uuid, uuid);
  track.text(field::track_name, slash == path.npos ? path : path.substr(slash + 1));
  if (slash != path.npos) track.number(field::track_parent, tell(path.substr(0, slash), {}));
  track.number(field::track_merging, never_merged);
  protobuf packet;
  packet.message(field::packet_track, track);
  to_.write(std::move(packet));
  return uuid;
}

} // namespace termlease::trace::perfetto
