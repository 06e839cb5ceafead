#pragma once

// Why: a flight recorder is worth something only if it is always on, so a turn costs a handful of
// stores: into a place of its own, without a lock, without an allocation. The places are a file
// that is mapped, which the kernel keeps when the runtime is killed. What can't be given places (no
// disk space) is recorded in plain memory, and `why_not_kept` says so.
//
// Nothing secret can get in: a step holds numbers, times and names, and names are paths of actors,
// kinds of messages and ids of correlations.

#include "bus/trace/format.hpp"

#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

namespace termlease::trace {

/// What carries a cause from one turn to the next: the turn, and what all of it belongs to.
struct mark {
  std::uint64_t turn = 0;
  name_id correlation = 0;
};

/// A message's name, and whether it is data, of which only some are recorded.
struct label {
  name_id name = 0;
  bool is_data = false;
};

struct recorder_options {
  std::filesystem::path file;      ///< empty: plain memory
  std::uint64_t steps = 1U << 20U; ///< rounded down to a power of two, at least 1024
  std::uint32_t names = 1U << 15U; ///< at most `most_names`
  std::uint64_t instance = 0;      ///< of which 24 bits count
  std::int64_t wall_ms = 0;
  std::int64_t clock_ns = 0;
  std::int32_t process_id = 0;
  std::uint32_t sample = 1;  ///< one of so many data messages is recorded
  bool is_real_time = false; ///< its actors' clock is CLOCK_MONOTONIC
};

/// What is known when a turn begins.
struct beginning {
  mark cause;
  std::uint64_t asked = 0;
  bool has_parent = false;
  name_id actor = 0;
  label message;
  step_kind kind = step_kind::turn;
  std::uint64_t waiting = 0;
  std::int64_t arrived = 0;
  std::int64_t began = 0;
};

/// Any thread.
class recorder {
public:
  /// A file that is there already is moved aside, as `previous_of(file)`. Throws nothing for want
  /// of a file.
  explicit recorder(const recorder_options& options);
  ~recorder();
  recorder(const recorder&) = delete;
  recorder& operator=(const recorder&) = delete;

  /// Returns the turn's id, or 0 when it isn't recorded: then its cause stands for it.
  std::uint64_t begin(const beginning& now);
  void finish(std::uint64_t id, step_outcome how, std::int64_t ended);
  /// What a turn belongs to, known only once it has begun.
  void belongs(std::uint64_t id, name_id correlation);

  /// The same text has the same name, as long as it isn't forgotten: of more texts than places the
  /// one that was used longest ago. An id gets another name each time, and the oldest is forgotten:
  /// whoever belongs to it carries its name along.
  name_id name(std::string_view text);

  /// Whether that name still means what it meant.
  bool knows(name_id name) const {
    return name != 0 &&
           names_[place_in(name)].generation.load(std::memory_order_relaxed) == generation_in(name);
  }

  /// Whether that is the name of this text.
  bool means(name_id name, std::string_view text) const;
  std::string text_of(name_id name) const;
  /// What a step belongs to, as long as it is in the ring.
  name_id correlation_of(std::uint64_t id) const;

  /// Another recorder has another number, also at the same address.
  std::uint64_t serial() const { return serial_; }

  /// The id of a turn for other systems, and back; 0 for another runtime's.
  std::uint64_t span_of(std::uint64_t id) const { return trace::span_of(head_->instance, id); }

  std::uint64_t turn_of(std::uint64_t span) const { return trace::turn_of(head_->instance, span); }

  bool is_real_time() const { return is_real_time_; }

  const header& head() const { return *head_; }

  std::span<const std::byte> bytes() const { return {memory_, size_}; }

  const std::string& why_not_kept() const { return why_not_kept_; }

private:
  struct text_hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  void map_file(const std::filesystem::path& file);
  void map_memory();
  name_id name_of_id(std::string_view id);
  name_id put(std::uint32_t place, std::string_view text);
  bool is_in_use(const name_place& at) const;
  std::uint32_t free_place();
  void use(name_id name, std::uint64_t id);
  bool is_left_out(label message);
  void renew_wall(std::int64_t now);

  step_place& place_of(std::uint64_t id) const { return steps_[(id - 1) & mask_]; }

  std::uint64_t serial_;
  std::byte* memory_ = nullptr;
  std::size_t size_ = 0;
  std::string why_not_kept_;
  header* head_ = nullptr;
  name_place* names_ = nullptr;
  step_place* steps_ = nullptr;
  std::uint64_t mask_ = 0;
  std::uint32_t name_count_ = 0;
  std::uint32_t first_id_ = 0; ///< ids have the places from here on
  std::atomic<std::uint32_t> ids_{0};
  std::uint32_t sample_ = 1;
  bool is_real_time_;
  std::array<std::atomic<std::uint64_t>, 64> data_seen_{}; ///< by the label's name
  std::atomic<std::int64_t> wall_renewed_{0};

  std::mutex naming_; ///< of what follows
  std::unordered_map<std::string, name_id, text_hash, std::equal_to<>> known_;
  std::uint32_t hand_ = 1; ///< where a free place is looked for next
};

/// Where the ring of the runtime before is.
std::filesystem::path previous_of(const std::filesystem::path& ring);

} // namespace termlease::trace
