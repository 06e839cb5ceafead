#include "config/toml_reader.hpp"

#include "config/nearest.hpp"
#include "messages/failure.hpp"

#include <algorithm>

namespace termlease::config {

namespace {

bool has_control_characters(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char each) {
    return static_cast<unsigned char>(each) < 0x20 || each == 0x7F;
  });
}

} // namespace

std::string kind_of(const toml::node& node) {
  switch (node.type()) {
  case toml::node_type::table:
    return "a table";
  case toml::node_type::array:
    return "a list";
  case toml::node_type::string:
    return "a text";
  case toml::node_type::integer:
    return "a whole number";
  case toml::node_type::floating_point:
    return "a fraction";
  case toml::node_type::boolean:
    return "true or false";
  default:
    return "a date or time";
  }
}

std::string range_text(range allowed, bool of_time) {
  const auto show = [&](std::int64_t value) {
    return of_time ? messages::to_text(messages::span{value}) : std::to_string(value);
  };
  return "from " + show(allowed.least) + " to " + show(allowed.most);
}

std::string table_reader::full(std::string_view key) const {
  if (path_.empty()) return std::string(key);
  return key.empty() ? path_ : path_ + "." + std::string(key);
}

void table_reader::complain_at(const toml::source_region& where, std::string_view key,
                               std::string what, std::string hint) const {
  into_.add(where, full(key), std::move(what), std::move(hint));
}

void table_reader::complain(std::string_view key, std::string what, std::string hint) const {
  const auto* node = find(key);
  complain_at(node ? node->source() : table_.source(), key, std::move(what), std::move(hint));
}

std::optional<std::string> table_reader::text(std::string_view key) const {
  const auto* node = find(key);
  if (!node) return std::nullopt;
  if (const auto* value = node->as_string()) {
    if (!has_control_characters(value->get())) return value->get();
    complain(key, "must not contain control characters");
  } else {
    complain(key, "expected a text in quotes, found " + kind_of(*node));
  }
  return std::nullopt;
}

std::optional<std::int64_t> table_reader::whole_number(std::string_view key, range allowed) const {
  const auto* node = find(key);
  if (!node) return std::nullopt;
  const auto* value = node->as_integer();
  if (!value) {
    complain(key,
             "expected a whole number " + range_text(allowed, false) + ", found " + kind_of(*node));
    return std::nullopt;
  }
  if (value->get() >= allowed.least && value->get() <= allowed.most) return value->get();
  complain(key, std::to_string(value->get()) + " is out of range: expected a whole number " +
                    range_text(allowed, false));
  return std::nullopt;
}

std::optional<messages::span> table_reader::length_of_time(std::string_view key,
                                                           range allowed) const {
  const auto* node = find(key);
  if (!node) return std::nullopt;
  const auto expected = "expected a length of time " + range_text(allowed, true);
  const std::string hint = "write it in quotes with a unit, for example \"30m\" or \"1h30m\"";
  const auto* value = node->as_string();
  if (!value) {
    complain(key, expected + ", found " + kind_of(*node), hint);
    return std::nullopt;
  }
  try {
    const auto length = messages::parse_span(value->get());
    if (length.ms >= allowed.least && length.ms <= allowed.most) return length;
    complain(key, "'" + value->get() + "' is out of range: " + expected);
  } catch (const messages::failed& problem) {
    complain(key, std::string(problem.what()) + ": " + expected, hint);
  }
  return std::nullopt;
}

std::optional<std::vector<listed_text>> table_reader::texts(std::string_view key) const {
  const auto* node = find(key);
  if (!node) return std::nullopt;
  const auto* list = node->as_array();
  if (!list) {
    complain(key, "expected a list of texts, found " + kind_of(*node), "write [\"…\", \"…\"]");
    return std::nullopt;
  }
  if (list->empty()) complain(key, "the list is empty", "name something, or leave the key out");
  if (list->size() > longest_list) {
    complain(key, "the list is longer than " + std::to_string(longest_list), "use a pattern");
    return std::nullopt;
  }
  std::vector<listed_text> found;
  for (const auto& each : *list) {
    const auto* value = each.as_string();
    if (!value) {
      complain_at(each.source(), key, "expected a text in quotes, found " + kind_of(each));
    } else if (value->get().empty() || has_control_characters(value->get())) {
      complain_at(each.source(), key, "a text of the list is empty or has control characters");
    } else if (std::any_of(found.begin(), found.end(),
                           [&](const auto& other) { return other.text == value->get(); })) {
      complain_at(each.source(), key, "'" + value->get() + "' is listed twice", "remove one");
    } else {
      found.push_back({value->get(), each.source()});
    }
  }
  return found;
}

void table_reader::only(std::span<const std::string_view> known) const {
  for (const auto& [key, value] : table_) {
    const auto name = key.str();
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    complain_at(key.source(), name, "is not known here", suggestion(name, known));
  }
}

} // namespace termlease::config
