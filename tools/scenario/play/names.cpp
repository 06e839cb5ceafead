#include "tools/scenario/play/names.hpp"

#include "messages/failure.hpp"

#include <algorithm>

namespace termlease::scenario {

using messages::failed;
using messages::json;

const json& names::at(const std::string& name) const {
  const auto found = kept_.find(name);
  if (found == kept_.end())
    throw failed("unknown_name", "nothing was kept as '" + name + "'",
                 "an earlier step keeps something with \"as\": \"" + name + "\"");
  return found->second;
}

std::string names::share_of(const json& words) const {
  const auto name = words.value("of", "");
  if (name.empty()) return {};
  const auto& kept = at(name);
  const auto& view = kept.contains("share") ? kept["share"] : kept;
  return view.value("share_id", "");
}

json names::value_of(const std::string& reference) const {
  const auto dot = std::min(reference.find('.'), reference.size());
  auto value = at(reference.substr(1, dot - 1));
  for (auto from = dot; from < reference.size();) {
    const auto end = std::min(reference.find('.', from + 1), reference.size());
    const auto field = reference.substr(from + 1, end - from - 1);
    if (!value.is_object() || !value.contains(field))
      throw failed("unknown_name", "'" + reference.substr(0, from) + "' has no '" + field + "'",
                   "it is " + value.dump());
    value = json(value[field]);
    from = end;
  }
  return value;
}

json names::filled_in(const json& words) const {
  if (words.is_string()) {
    const auto text = words.get<std::string>();
    if (text.starts_with("$$")) return text.substr(1);
    return text.starts_with('$') ? value_of(text) : words;
  }
  auto copy = words;
  if (words.is_structured())
    for (auto& each : copy) each = filled_in(each);
  return copy;
}

bool contains(const json& whole, const json& part) {
  if (part.is_object())
    return whole.is_object() &&
           std::all_of(part.items().begin(), part.items().end(), [&](auto& each) {
             return whole.contains(each.key()) && contains(whole[each.key()], each.value());
           });
  if (part.is_array())
    return whole.is_array() &&
           std::equal(whole.begin(), whole.end(), part.begin(), part.end(),
                      [](const auto& a, const auto& b) { return contains(a, b); });
  if (!part.is_string() || !whole.is_string()) return whole == part;
  const auto wanted = part.get<std::string>();
  if (wanted.size() < 2 || wanted.front() != '*' || wanted.back() != '*') return whole == part;
  return whole.get<std::string>().find(wanted.substr(1, wanted.size() - 2)) != std::string::npos;
}

} // namespace termlease::scenario
