#include "tools/termlease/top/frame.hpp"

#include "tools/termlease/output/safe_text.hpp"
#include "tools/termlease/output/times.hpp"
#include "tools/termlease/output/views.hpp"

namespace termlease::cli::top {

namespace {

using parts = std::vector<piece>;

void append(parts& to, const parts& more) {
  to.insert(to.end(), more.begin(), more.end());
}

/// How the rows were chosen, and whether they still change.
parts state_of(const scene& what) {
  parts all;
  if (what.is_paused) all.push_back({"PAUSED", tone::warning});
  if (what.at == place::messages) return all;
  if (what.wanted.by != order::tree)
    all.push_back({"by " + std::string(word_of(what.wanted.by)), tone::accent});
  if (!what.wanted.filter.empty()) all.push_back({"/" + safe(what.wanted.filter), tone::accent});
  return all;
}

parts runtime_of(const scene& what) {
  const auto up = short_span(what.taken - what.runtime.started_at);
  return {{"termlease " + safe(what.runtime.version), tone::bold},
          {"pid " + std::to_string(what.runtime.pid)},
          {"up " + up}};
}

piece count_of(std::uint64_t count, const std::string& text) {
  return {text, count > 0 ? tone::warning : tone::plain};
}

parts totals_of(const totals& sum) {
  return {{counted(sum.actors, "actor")},
          {rate_text(sum.rate) + " messages/s"},
          count_of(sum.waiting, count_text(sum.waiting) + " waiting"),
          count_of(sum.restarts, counted(sum.restarts, "restart")),
          count_of(sum.dead_letters, counted(sum.dead_letters, "dead letter"))};
}

/// What is known of the one actor whose messages are shown.
parts figures_of(const std::optional<standing>& one) {
  if (!one) return {{"this actor is gone", tone::warning}};
  const auto how = alert_of(one->of);
  parts all{{std::string(word_of(how)), how == alert::none ? tone::plain : tone::bad},
            count_of(one->of.mailbox, count_text(one->of.mailbox) + " waiting"),
            {rate_text(one->rate) + " messages/s"}};
  if (const auto busy = busy_text(one->of.busy_for); !busy.empty()) all.push_back({"busy " + busy});
  append(all, {count_of(one->of.restarts, counted(one->of.restarts, "restart")),
               {count_text(one->of.budget_left) + " left"},
               {counted(one->of.timers, "timer")},
               count_of(one->of.dead_letters, counted(one->of.dead_letters, "dead letter"))});
  return all;
}

/// The first of these that fits.
line trouble_line(const trouble& wrong, std::size_t width) {
  const bool is_gone = wrong.code == "connection_lost" || wrong.code == "no_runtime";
  const auto what = is_gone                     ? std::string("the runtime is gone")
                    : wrong.code == "no_answer" ? std::string("the runtime doesn't answer")
                                                : wrong.message;
  const std::string soon = is_gone ? "gone" : wrong.code == "no_answer" ? "no answer" : wrong.code;
  const std::vector<std::string> forms{what + " since " + wrong.since + "; trying again, q leaves",
                                       what + " since " + wrong.since + "; trying again",
                                       what + "; trying again", soon + ": trying again", soon};
  for (const auto& each : forms)
    if (width_of(each) <= width) return {{{each, tone::bad}}};
  return {{{cut(soon, width), tone::bad}}};
}

line filter_line(const scene& what, std::size_t width) {
  const auto typed = "/" + safe(what.wanted.filter) + "_";
  auto made = joined({{typed, tone::accent}, {"Enter keeps it, Esc clears it", tone::dim}}, width);
  if (!made.pieces.empty()) return made;
  // The end of what is typed is what somebody looks at.
  auto rest = std::string_view(typed);
  while (width_of(rest) > width) rest.remove_prefix(first_character(rest).bytes.size());
  return {{{std::string(rest), tone::accent}}};
}

parts keys_of(place at) {
  const auto told = [](std::initializer_list<const char*> words) {
    parts all;
    for (const auto* each : words) all.push_back({each, tone::dim});
    return all;
  };
  if (at == place::help) return told({"Esc back", "q back"});
  if (at == place::messages)
    return told({"Esc back", "? help", "p pause", "Up Down PgUp PgDn move"});
  return told(
      {"q quit", "? help", "Enter messages", "s sort", "/ filter", "Space fold", "p pause"});
}

} // namespace

frame frame_of(const extent& size) {
  return {size.height >= 10  ? 2U
          : size.height >= 2 ? 1U
                             : 0U,
          size.height >= 5 ? 1U : 0U, size.height >= 4 ? 1U : 0U};
}

std::vector<line> head_of(const scene& what, const extent& size) {
  const auto lines = frame_of(size).head;
  if (lines == 0) return {};
  const bool is_messages = what.at == place::messages;
  auto first = state_of(what);
  if (is_messages) {
    auto path = safe(what.opened);
    if (width_of(path) + 8 > size.width) path = short_path(what.opened);
    first.push_back({cut(path, size.width), tone::bold});
  }
  const auto second = is_messages ? figures_of(what.opened_now) : totals_of(what.sum);
  if (lines == 1) {
    if (!what.wrong.code.empty()) return {trouble_line(what.wrong, size.width)};
    append(first, second);
    if (!is_messages) append(first, runtime_of(what));
    return {joined(first, size.width)};
  }
  if (!is_messages) append(first, runtime_of(what));
  return {joined(first, size.width), what.wrong.code.empty()
                                         ? joined(second, size.width)
                                         : trouble_line(what.wrong, size.width)};
}

std::vector<line> foot_of(const scene& what, const extent& size) {
  if (frame_of(size).foot == 0) return {};
  if (what.at == place::filter) return {filter_line(what, size.width)};
  if (!what.note.empty()) return {{{{cut(what.note, size.width), tone::warning}}}};
  return {joined(keys_of(what.at), size.width)};
}

} // namespace termlease::cli::top
