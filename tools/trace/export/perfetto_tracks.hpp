#pragma once

// Why: in a file of Perfetto's a track has to be described before it is used, and its parents
// before it. Whoever writes events asks for a track by the actor's path, and needn't know.

#include "tools/trace/export/protobuf.hpp"

#include <cstdint>
#include <iosfwd>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace termlease::trace::perfetto {

/// Numbers of Perfetto's fields, each by the message that it is in.
namespace field {
constexpr unsigned trace_packet = 1;
constexpr unsigned packet_clocks = 6;
constexpr unsigned packet_timestamp = 8;
constexpr unsigned packet_sequence = 10;
constexpr unsigned packet_event = 11;
constexpr unsigned packet_track = 60;
constexpr unsigned clocks_clock = 1;
constexpr unsigned clock_which = 1;
constexpr unsigned clock_time = 2;
constexpr unsigned track_uuid = 1;
constexpr unsigned track_name = 2;
constexpr unsigned track_parent = 5;
constexpr unsigned track_merging = 15;
constexpr unsigned event_annotation = 4;
constexpr unsigned event_type = 9;
constexpr unsigned event_track = 11;
constexpr unsigned event_category = 22;
constexpr unsigned event_name = 23;
constexpr unsigned event_flow = 47;
constexpr unsigned event_last_of_flow = 48;
constexpr unsigned annotation_number = 3;
constexpr unsigned annotation_text = 6;
constexpr unsigned annotation_name = 10;
} // namespace field

class packets {
public:
  explicit packets(std::ostream& to) : to_(to) {}

  void write(protobuf packet);

private:
  std::ostream& to_;
};

/// Each has a number that is a hash of the actor's path, the same in every file.
class tracks {
public:
  explicit tracks(packets& to) : to_(to) {}

  std::uint64_t of(const std::string& path) { return lanes_of(path).front().uuid; }

  /// The actor's first track on which nothing runs by then.
  std::uint64_t free_of(const std::string& path, std::int64_t from, std::int64_t until);

private:
  struct lane {
    std::uint64_t uuid = 0;
    std::int64_t busy = 0; ///< until then
  };

  std::vector<lane>& lanes_of(const std::string& path);
  std::uint64_t tell(const std::string& path, const std::string& which);

  packets& to_;
  std::unordered_map<std::string, std::vector<lane>> lanes_;
  std::unordered_set<std::uint64_t> told_;
};

} // namespace termlease::trace::perfetto
