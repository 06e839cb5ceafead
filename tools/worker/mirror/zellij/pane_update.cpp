#include "tools/worker/mirror/zellij/pane_update.hpp"

#include "messages/json.hpp"
#include "tools/worker/mirror/output_parser.hpp"

#include <algorithm>
#include <utility>

namespace termlease::worker {

namespace {

using messages::json;

constexpr std::size_t most_rows = 10000;
constexpr std::size_t most_panes = 10000;
constexpr std::uint32_t longest_side = 10000;
constexpr std::string_view pane_prefix = "terminal_";

json parsed(std::string_view text) {
  try {
    return messages::parse_json(text);
  } catch (const messages::failed&) {
    return json::value_t::discarded;
  }
}

bool is_text(const json& object, const char* key, std::string_view text) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() &&
         found->get_ref<const std::string&>() == text;
}

bool is_true(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && *found == json(true);
}

/// 0 for what is none.
std::uint32_t number(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_unsigned()) return 0;
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(found->get<std::uint64_t>(), longest_side));
}

/// zellij counts the cursor from the pane's frame.
std::optional<place> cursor_of(const json& pane) {
  const auto found = pane.find("cursor_coordinates_in_pane");
  if (found == pane.end() || !found->is_array() || found->size() != 2) return {};
  if (!(*found)[0].is_number_unsigned() || !(*found)[1].is_number_unsigned()) return {};
  const auto inside = [&](std::size_t index, const char* content, const char* frame) {
    const auto at = (*found)[index].get<std::uint64_t>();
    const auto content_at = number(pane, content);
    const auto left = content_at - std::min(content_at, number(pane, frame));
    return static_cast<std::uint32_t>(
        std::min<std::uint64_t>(at - std::min<std::uint64_t>(at, left), longest_side));
  };
  return place{inside(0, "pane_content_x", "pane_x"), inside(1, "pane_content_y", "pane_y")};
}

} // namespace

bool pane_facts::operator==(const pane_facts& other) const {
  const auto same_cursor =
      cursor.has_value() == other.cursor.has_value() &&
      (!cursor || (cursor->x == other.cursor->x && cursor->y == other.cursor->y));
  return size == other.size && same_cursor;
}

std::optional<pane_update> read_update(std::string_view line, std::string_view pane) {
  const auto object = parsed(line);
  if (!object.is_object() || !is_text(object, "pane_id", pane)) return {};
  pane_update update;
  if (is_text(object, "event", "pane_closed")) {
    update.closed = true;
    return update;
  }
  const auto rows = object.find("viewport");
  if (!is_text(object, "event", "pane_update") || rows == object.end() || !rows->is_array() ||
      rows->size() > most_rows)
    return {};
  for (const auto& each : *rows) {
    if (!each.is_string()) return {};
    update.rows.push_back(each.get<std::string>());
  }
  update.initial = is_true(object, "is_initial");
  return update;
}

pane_fate read_pane_list(std::string_view text, std::string_view pane, pane_facts& facts) {
  const auto list = parsed(text);
  if (!list.is_array() || list.size() > most_panes) return pane_fate::unreadable;
  for (const auto& each : list) {
    if (!each.is_object()) return pane_fate::unreadable;
    const auto plugin = each.find("is_plugin");
    const auto id = each.find("id");
    if (plugin == each.end() || *plugin != json(false)) continue;
    if (id == each.end() || !id->is_number_unsigned()) continue;
    if (std::string(pane_prefix) + std::to_string(id->get<std::uint64_t>()) != pane) continue;
    if (is_true(each, "exited")) return pane_fate::gone;
    // A pane that is folded away in a stack has no rows for a while.
    facts.size = {std::max(number(each, "pane_content_rows"), 1U),
                  std::max(number(each, "pane_content_columns"), 1U)};
    facts.cursor = cursor_of(each);
    return pane_fate::there;
  }
  return pane_fate::gone;
}

bool is_zellij_pane(std::string_view name) {
  if (!name.starts_with(pane_prefix)) return false;
  name.remove_prefix(pane_prefix.size());
  return !name.empty() && name.size() <= 9 &&
         std::ranges::all_of(name, [](char each) { return each >= '0' && each <= '9'; });
}

std::uint32_t number_of_pane(std::string_view name) {
  std::uint32_t number = 0;
  for (const char digit : name.substr(pane_prefix.size()))
    number = 10 * number + static_cast<std::uint32_t>(digit - '0');
  return number;
}

screen painted(const std::vector<std::string>& rows, const pane_facts& facts,
               const screen& before) {
  screen fresh(facts.size, before.glyphs());
  // Whatever a row holds, it stays in its row.
  fresh.change_modes().wrap = false;
  output_parser parser;
  const auto count = std::min<std::size_t>(rows.size(), facts.size.rows);
  for (std::uint32_t y = 0; y < count; ++y) {
    parser.reset();
    fresh.place_cursor({0, y});
    parser.feed(rows[y], fresh);
  }
  fresh.trust();
  auto& modes = fresh.change_modes();
  modes = {};
  modes.cursor_visible = facts.cursor.has_value();
  const auto at = facts.cursor.value_or(before.cursor());
  fresh.place_cursor({std::min(at.x, facts.size.columns - 1), std::min(at.y, facts.size.rows - 1)});
  return fresh;
}

} // namespace termlease::worker
