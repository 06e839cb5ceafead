#include "tools/trace/export/perfetto.hpp"

#include "tools/trace/export/perfetto_tracks.hpp"
#include "tools/trace/export/texts.hpp"
#include "tools/trace/words.hpp"

#include <algorithm>
#include <ostream>
#include <utility>

namespace termlease::trace {

namespace {

namespace field = perfetto::field;

enum event_type { slice_begin = 1, slice_end = 2, instant = 3 };

constexpr std::uint64_t wall_clock = 1;  // as Linux has them: CLOCK_REALTIME
constexpr std::uint64_t trace_clock = 6; // CLOCK_BOOTTIME, of which times are where they don't say

void annotate(protobuf& event, std::string_view name, std::uint64_t value) {
  protobuf made;
  made.text(field::annotation_name, name);
  made.number(field::annotation_number, value);
  event.message(field::event_annotation, made);
}

void annotate(protobuf& event, std::string_view name, std::string_view value) {
  protobuf made;
  made.text(field::annotation_name, name);
  made.text(field::annotation_text, value);
  event.message(field::event_annotation, made);
}

/// What each step caused, as places.
class effects {
public:
  explicit effects(const log& from)
      : first_(from.steps.size(), log::none), next_(from.steps.size(), log::none) {
    for (auto at = from.steps.size(); at-- > 0;) {
      const auto cause = earlier(from, from.steps[at], from.steps[at].cause);
      if (cause == log::none) continue;
      next_[at] = first_[cause];
      first_[cause] = at;
    }
  }

  std::size_t first(std::size_t of) const { return first_[of]; }

  std::size_t next(std::size_t of) const { return next_[of]; }

private:
  std::vector<std::size_t> first_;
  std::vector<std::size_t> next_;
};

class timeline {
public:
  timeline(const log& from, std::ostream& to)
      : from_(from), to_(to), tracks_(to_), effects_(from), last_(last_time(from)) {}

  void write(std::size_t at) {
    const auto& each = from_.steps[at];
    const bool lasts = each.what.kind == step_kind::turn || each.what.kind == step_kind::birth;
    const auto path = valid(actor_of(from_, each));
    const auto end = end_of(each, last_);
    const auto track = lasts ? tracks_.free_of(path, each.began, end) : tracks_.of(path);
    write_event(each.began, event(at, track, lasts ? slice_begin : instant));
    if (!lasts) return;
    protobuf over;
    over.number(field::event_type, slice_end);
    over.number(field::event_track, track);
    write_event(end, over);
  }

  /// So that the viewer can show the time of day as well.
  void write_clocks() {
    protobuf clocks;
    for (const auto& [which, time] :
         {std::pair{trace_clock, from_.about.clock_ns},
          std::pair{wall_clock, unix_ns(from_, from_.about.clock_ns)}}) {
      if (time <= 0) return;
      protobuf clock;
      clock.number(field::clock_which, which);
      clock.number(field::clock_time, static_cast<std::uint64_t>(time));
      clocks.message(field::clocks_clock, clock);
    }
    protobuf packet;
    packet.message(field::packet_clocks, clocks);
    to_.write(std::move(packet));
  }

private:
  protobuf event(std::size_t at, std::uint64_t track, event_type type) const {
    const auto& each = from_.steps[at];
    protobuf made;
    made.number(field::event_type, type);
    made.number(field::event_track, track);
    made.text(field::event_category, each.failed() ? "failed" : "turn");
    made.text(field::event_name, valid(message_of(from_, each)));
    annotate(made, "turn", each.id);
    annotate(made, "wait_us", static_cast<std::uint64_t>(each.waited() / 1000));
    annotate(made, "outcome", word_of(each.what.outcome));
    if (const auto correlation = valid(from_.text(each.correlation)); !correlation.empty())
      annotate(made, "correlation", correlation);
    // An arrow for each effect, which bears the effect's number.
    for (auto effect = effects_.first(at); effect != log::none; effect = effects_.next(effect))
      made.fixed(field::event_flow, from_.span_of(from_.steps[effect].id));
    if (earlier(from_, each, each.cause) != log::none)
      made.fixed(field::event_last_of_flow, from_.span_of(each.id));
    return made;
  }

  void write_event(std::int64_t time, const protobuf& event) {
    protobuf packet;
    packet.number(field::packet_timestamp,
                  static_cast<std::uint64_t>(std::max<std::int64_t>(0, time)));
    packet.message(field::packet_event, event);
    to_.write(std::move(packet));
  }

  const log& from_;
  perfetto::packets to_;
  perfetto::tracks tracks_;
  effects effects_;
  std::int64_t last_;
};

} // namespace

void write_perfetto(const log& from, std::ostream& to) {
  timeline all(from, to);
  all.write_clocks();
  for (std::size_t at = 0; at < from.steps.size(); ++at) all.write(at);
}

} // namespace termlease::trace
