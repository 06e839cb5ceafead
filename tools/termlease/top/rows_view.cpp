#include "tools/termlease/output/safe_text.hpp"
#include "tools/termlease/top/bodies.hpp"

namespace termlease::cli::top {

namespace {

tone tone_of(alert how) {
  switch (how) {
  case alert::restarting:
  case alert::slow:
    return tone::bad;
  case alert::queued:
    return tone::warning;
  case alert::none:
    return tone::plain;
  }
  return tone::plain;
}

/// "> ! - shares (+3)".
std::string name_of(const row& each, bool is_chosen) {
  const std::string mark = each.how == alert::none ? " " : each.how == alert::queued ? "*" : "!";
  const std::string sign = each.is == branch::folded ? "+ " : each.is == branch::open ? "- " : "  ";
  const auto hidden =
      each.is == branch::folded ? " (+" + std::to_string(each.hidden) + ")" : std::string{};
  return (is_chosen ? ">" : " ") + mark + std::string(2 * each.depth, ' ') + sign + each.label +
         hidden;
}

std::vector<column> row_columns(const std::vector<row>& rows) {
  std::size_t longest = 0;
  for (const auto& each : rows) longest = std::max(longest, width_of(name_of(each, false)));
  return {{"    ACTOR", longest, 0, false},
          {"STATE", 10, 4, false},
          {"MAILBOX", 7, 1, true},
          {"MSG/S", 5, 2, true},
          {"BUSY", 7, 3, true},
          {"RESTARTS", 8, 5, true},
          {"LEFT", 4, 6, true},
          {"TIMERS", 6, 8, true},
          {"DEAD", 5, 7, true}};
}

std::vector<piece> row_parts(const row& each, bool is_chosen, bool is_old) {
  const auto& of = each.what.of;
  const auto plain = is_old || each.is_context ? tone::dim : tone::plain;
  const auto if_any = [&](std::uint64_t count, tone how) { return count > 0 ? how : plain; };
  const bool is_spent = of.budget_left == 0 && of.restarts > 0; // the root has none
  const auto loud = each.how == alert::none ? plain : tone_of(each.how);
  return {{name_of(each, is_chosen), loud},
          {std::string(word_of(each.how)), loud},
          {count_text(of.mailbox), if_any(of.mailbox, tone::warning)},
          {rate_text(each.what.rate), plain},
          {busy_text(of.busy_for), of.busy_for > long_turn ? tone::bad : plain},
          {count_text(of.restarts), if_any(of.restarts, tone::warning)},
          {count_text(of.budget_left), is_spent ? tone::bad : plain},
          {count_text(of.timers), plain},
          {count_text(of.dead_letters), if_any(of.dead_letters, tone::warning)}};
}

} // namespace

body rows_body(const scene& what, std::size_t width, std::size_t room) {
  if (what.rows.empty())
    return {heading("    ACTOR", width),
            texts(wrapped("no actor's name has this text in it", width), 0, room)};
  const auto columns = row_columns(what.rows);
  const auto widths = fitted(columns, width, least_name(width, columns[0].width));
  const bool is_old = !what.wrong.code.empty();
  return {headings(columns, widths),
          visible(what.rows, what.first_row, room, [&](const row& each, std::size_t at) {
            const bool is_chosen = at == what.chosen;
            auto made = lined_up(columns, widths, row_parts(each, is_chosen, is_old));
            made.is_chosen = is_chosen;
            return made;
          })};
}

} // namespace termlease::cli::top
