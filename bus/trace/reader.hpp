#pragma once

// Why: a trace is read while it is written, after its runtime was killed, and when half of it is
// missing. So nothing in a file is believed before it is checked against the file's size, and a
// step that is being written at this moment is left out.

#include "bus/trace/format.hpp"

#include <cstdint>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace termlease::trace {

struct step {
  std::uint64_t id = 0;
  std::uint64_t cause = 0; ///< id of the turn that sent the message; 0: it came from outside
  std::uint64_t asked = 0; ///< of an answer, the turn that had asked; or a client's span
  std::int64_t arrived = 0;
  std::int64_t began = 0;
  std::int64_t ended = 0;
  name_id actor = 0;
  name_id correlation = 0;
  packed what;

  /// What it continues: the turn that asked for this answer, otherwise the one that sent it.
  std::uint64_t parent() const { return asked != 0 && !what.has_parent ? asked : cause; }

  /// A turn of which the end was never written has no length.
  std::int64_t ran() const { return ended > began ? ended - began : 0; }

  std::int64_t waited() const { return began > arrived ? began - arrived : 0; }

  bool failed() const {
    return what.outcome == step_outcome::crashed || what.kind == step_kind::dead_letter;
  }
};

/// What a file says of itself, as in `header`.
struct about_trace {
  std::uint32_t version = 0;
  std::uint64_t instance = 0;
  std::int64_t wall_ms = 0;
  std::int64_t clock_ns = 0;
  std::int32_t process_id = 0;
  bool is_recording = false;
  std::uint32_t sample = 1;
  std::uint64_t next = 1;
  std::uint64_t sampled_out = 0;
  std::uint64_t names_lost = 0;
  std::uint64_t dead_letters = 0;
  bool is_cut = false; ///< it should be longer
};

/// The steps of a trace, by id.
class log {
public:
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

  about_trace about;
  std::vector<step> steps;
  std::string tail; ///< of a recording: JSON, what else belongs to it

  /// The place of a step in `steps`; `none` when the trace hasn't it.
  std::size_t find(std::uint64_t id) const;

  /// Empty where the trace doesn't know it any more.
  std::string_view text(name_id name) const;

  /// All texts that are known, with their names.
  std::vector<std::pair<name_id, std::string_view>> texts() const;

  /// Unix time in milliseconds of a time of the trace.
  std::int64_t wall_of(std::int64_t clock) const {
    return about.wall_ms + (clock - about.clock_ns) / 1'000'000;
  }

  std::uint64_t span_of(std::uint64_t id) const { return trace::span_of(about.instance, id); }

private:
  friend log read_trace(std::span<const std::byte> bytes, std::uint64_t from);
  std::vector<std::pair<std::uint16_t, std::string>> names_; ///< by place: generation and text
};

/// Reads what `bytes` hold, perhaps while somebody writes there: from the step `from` on. Throws
/// `failed`: bad_trace, trace_version.
log read_trace(std::span<const std::byte> bytes, std::uint64_t from = 1);

/// The same of a file. Throws also `no_trace`.
log read_trace(const std::filesystem::path& file, std::uint64_t from = 1);

} // namespace termlease::trace
