#include "tools/termlease/output/safe_text.hpp"
#include "tools/termlease/top/bodies.hpp"

namespace termlease::cli::top {

namespace {

std::vector<std::string> why_none(const past& last, std::size_t width) {
  return wrapped(last.problem.empty() ? "no message of this actor is among the last " +
                                            count_text(last.looked_at) + " of all actors"
                                      : last.problem,
                 width);
}

} // namespace

std::size_t messages_length(const scene& what, std::size_t width) {
  const auto& all = what.last.messages;
  return all.empty() ? why_none(what.last, width).size() : all.size();
}

body messages_body(const scene& what, std::size_t width, std::size_t room) {
  const auto& all = what.last.messages;
  if (all.empty())
    return {heading("MESSAGE", width), texts(why_none(what.last, width), what.first_message, room)};
  std::size_t message = 7; // the heading's width
  std::size_t from = 4;
  for (const auto& each : all) {
    message = std::max(message, width_of(each.what));
    from = std::max(from, width_of(each.from));
  }
  const std::vector<column> columns{
      {"TIME", 12, 3, false},    {"MESSAGE", message, 0, false},
      {"WAITED", 8, 1, true},    {"RAN", 8, 2, true},
      {"OUTCOME", 11, 4, false}, {"FROM", std::min<std::size_t>(from, 40), 5, false}};
  const auto widths = fitted(columns, width, least_name(width, message));
  return {headings(columns, widths),
          visible(all, what.first_message, room, [&](const past_message& each, std::size_t) {
            const auto how = each.is_bad ? tone::bad : tone::plain;
            return lined_up(columns, widths,
                            {{each.time, tone::dim},
                             {each.what, how},
                             {each.waited},
                             {each.ran},
                             {each.outcome, how},
                             {each.from, tone::dim}});
          })};
}

} // namespace termlease::cli::top
