#include "tools/scenario/script/values.hpp"

#include "bus/methods.hpp"
#include "config/nearest.hpp"
#include "messages/failure.hpp"

#include <algorithm>
#include <map>
#include <string>

namespace termlease::scenario {

using messages::json;
using messages::span;

namespace {

constexpr span longest{10LL * 365 * 24 * 60 * 60 * 1000};

bool is_length(const std::string& text) try {
  return messages::parse_span(text) <= longest;

} catch (const messages::failed&) {

  return false;
}

objection unless(bool fits, const char* expected) {
  return fits ? objection{} : objection{expected, {}};
}

objection to_number(const json& value, const parameter& meant) {
  if (!value.is_number_integer()) return {"must be a whole number", {}};
  const bool too_large = value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX;
  if (!too_large && value >= meant.least && value <= meant.most) return {};
  if (meant.most == any_number)
    return {"must be a whole number, " + std::to_string(meant.least) + " or more", {}};
  return {"must be a whole number from " + std::to_string(meant.least) + " to " +
              std::to_string(meant.most),
          {}};
}

objection to_length(const json& value, bool may_go_back) {
  auto text = value.is_string() ? value.get<std::string>() : std::string{};
  if (may_go_back && text.starts_with('-')) text.erase(0, 1);
  return unless(is_length(text), may_go_back ? "must be a length of time, like \"90s\" or \"-25m\""
                                             : "must be a length of time, like \"90s\" or \"25m\"");
}

objection to_word(const json& value, std::span<const std::string_view> known, const char* none) {
  if (!value.is_string()) return {"must be a string", {}};
  const auto text = value.get<std::string>();
  if (std::find(known.begin(), known.end(), text) != known.end()) return {};
  return {"'" + text + "' is no " + none, config::suggestion(text, known)};
}

/// What the payload of each topic may contain; made once.
const std::map<std::string, json>& payloads() {
  static const auto all = [] {
    std::map<std::string, json> by_topic;
    const auto described = bus::introspection();
    for (const auto& each : described["topics"]) {
      const std::string topic = each["topic"];
      if (topic != "audit.recorded" && topic != "bus.gap" && !topic.ends_with(".snapshot"))
        by_topic[topic] = each["payload"];
    }
    return by_topic;
  }();
  return all;
}

template <class List, class Name>
std::vector<std::string_view> names_in(const List& list, Name name) {
  std::vector<std::string_view> names;
  for (const auto& each : list) names.push_back(name(each));
  return names;
}

} // namespace

objection objection_to(const json& value, const parameter& meant) {
  switch (meant.kind) {
  case value_kind::text:
    if (meant.one_of != nullptr) return to_word(value, meant.one_of(), "word for it");
    return unless(value.is_string(), "must be a string");
  case value_kind::topic:
    return to_word(value, recorded_topics(), "topic");
  case value_kind::method:
    return to_word(value, method_names(), "method");
  case value_kind::fault:
    return to_word(value, fault_names(), "fault");
  case value_kind::number:
    return to_number(value, meant);
  case value_kind::flag:
    return unless(value.is_boolean(), "must be true or false");
  case value_kind::object:
    return unless(value.is_object(), "must be an object");
  case value_kind::length:
    return to_length(value, false);
  case value_kind::shift:
    return to_length(value, true);
  case value_kind::anything:
    break;
  }
  return {};
}

const std::vector<std::string_view>& recorded_topics() {
  static const auto all =
      names_in(payloads(), [](const auto& each) -> std::string_view { return each.first; });
  return all;
}

const std::vector<std::string_view>& method_names() {
  static const auto all = names_in(bus::methods(), [](const auto& each) { return each.name; });
  return all;
}

const std::vector<std::string_view>& fault_names() {
  static const auto all = names_in(fault_words(), [](const auto& each) { return each.name; });
  return all;
}

const json* payload_of(const std::string& topic) {
  const auto found = payloads().find(topic);
  return found == payloads().end() ? nullptr : &found->second;
}

} // namespace termlease::scenario
