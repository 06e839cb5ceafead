#include "tools/termlease/output/trace_text.hpp"

#include "bus/trace/traceparent.hpp"
#include "tools/termlease/output/safe_text.hpp"
#include "tools/termlease/output/times.hpp"
#include "tools/termlease/output/views.hpp"
#include "tools/trace/words.hpp"

namespace termlease::cli {

using trace::length_of;
using trace::step;
using trace::step_kind;
using trace::step_outcome;

namespace {

constexpr trace::slowness is_slow;
constexpr std::size_t time_width = 10;
constexpr std::size_t deepest_shown = 40;

std::string right(const std::string& text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

std::string clock_text(const trace::log& from, std::int64_t at) {
  return exact_local_time({from.wall_of(at)}, now());
}

tone tone_of(const step& each) {
  if (each.failed()) return tone::bad;
  if (is_slow(each) || each.what.outcome == step_outcome::running) return tone::warning;
  return each.what.kind == step_kind::turn ? tone::plain : tone::dim;
}

/// What has to be said beside the times, so that it is seen without colours, too.
std::string remark_on(const step& each) {
  if (each.what.kind == step_kind::dead_letter) return "dead letter: nobody was there";
  if (each.what.outcome == step_outcome::crashed) return "CRASHED";
  if (each.what.outcome == step_outcome::running) return "running still";
  if (each.what.outcome == step_outcome::put_back) return "put back";
  if (!is_slow(each)) return {};
  return each.waited() >= is_slow.waited ? "waited long" : "ran long";
}

std::string what_of(const trace::log& from, const step& each) {
  return short_path(trace::actor_of(from, each)) + "  " + safe(trace::message_of(from, each));
}

void print_heading(const console& to, const trace::log& from, const trace::branch_line& line) {
  const auto& root = *line.of;
  auto heading = clock_text(from, root.arrived);
  if (const auto correlation = from.text(root.correlation); !correlation.empty())
    heading += "  correlation " + safe(correlation);
  if (line.is_orphan) heading += "  (what caused it is not in the trace any more)";
  to.out() << to.out_style().paint(tone::bold, heading) << '\n';
}

void print_line(const console& to, const trace::log& from, const trace::branch_line& line) {
  const auto& each = *line.of;
  const auto& colours = to.out_style();
  const bool handled = each.what.kind == step_kind::turn;
  to.out() << colours.paint(tone::dim,
                            right("+" + length_of(each.began - line.root->arrived), time_width))
           << right(handled ? length_of(each.waited()) : "", time_width)
           << right(handled ? length_of(each.ran()) : "", time_width) << "  "
           << std::string(2 * std::min(line.depth, deepest_shown), ' ')
           << colours.paint(tone_of(each), what_of(from, each));
  if (const auto remark = remark_on(each); !remark.empty())
    to.out() << "  " << colours.paint(tone_of(each), "<- " + remark);
  if (line.alike > 0)
    to.out() << "  "
             << colours.paint(tone::dim, "and " + std::to_string(line.alike) + " more alike");
  to.out() << '\n';
}

} // namespace

void print_trees(const console& to, const trace::log& what, bool fold) {
  bool first = true;
  trace::tell_trees(what, fold, is_slow, [&](const trace::branch_line& line) {
    if (line.depth == 0) {
      if (!std::exchange(first, false)) to.out() << '\n';
      print_heading(to, what, line);
      to.out() << to.out_style().paint(tone::dim, right("AT", time_width) +
                                                      right("WAITED", time_width) +
                                                      right("RAN", time_width) + "  WHO AND WHAT")
               << '\n';
    }
    print_line(to, what, line);
  });
}

void print_step(const console& to, const trace::log& from, const step& each) {
  const auto& colours = to.out_style();
  to.out() << colours.paint(tone::dim, clock_text(from, each.began))
           << right(length_of(each.waited()), time_width)
           << right(length_of(each.ran()), time_width) << "  "
           << colours.paint(tone_of(each), what_of(from, each));
  if (const auto remark = remark_on(each); !remark.empty())
    to.out() << "  " << colours.paint(tone_of(each), "<- " + remark);
  to.out() << std::endl;
}

std::string gaps_of(const trace::log& what) {
  std::string text;
  const auto add = [&](const std::string& gap) { text += (text.empty() ? "" : "; ") + gap; };
  const auto& about = what.about;
  if (about.is_cut) add("the file is cut: what stood behind is missing");
  if (about.sampled_out > 0)
    add(std::to_string(about.sampled_out) + " heartbeats were counted and not kept (trace.sample)");
  if (about.names_lost > 0)
    add(std::to_string(about.names_lost) + " names were forgotten for others: '(unknown)'");
  return text;
}

} // namespace termlease::cli
