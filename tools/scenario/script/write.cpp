// A scenario as the text of a file, laid out as people write one.
#include "tools/scenario/script/script.hpp"

#include <map>

namespace termlease::scenario {

using messages::json;

namespace {

std::string indented(const std::string& text) {
  std::string inner;
  for (const auto each : text) inner.append(each == '\n' ? "\n  " : std::string(1, each));
  return inner;
}

/// A step as people write it: when, what, and then the rest, on one line.
std::string line_of(const json& words, const std::string& what) {
  std::string text;
  const auto add = [&](const std::string& key, const json& value) {
    text += (text.empty() ? "" : ", ") + json(key).dump() + ": " + value.dump();
  };
  for (const auto* key : {"at", "after", what.c_str()})
    if (words.contains(key)) add(key, words[key]);
  for (const auto& [key, value] : words.items())
    if (key != "at" && key != "after" && key != what) add(key, value);
  return "    {" + text + "}";
}

template <class List> std::string lines_of(const char* key, const List& list) {
  std::string text = std::string(",\n  \"") + key + "\": [";
  for (std::size_t i = 0; i < list.size(); ++i)
    text += (i == 0 ? "\n" : ",\n") + line_of(list[i].words, list[i].what);
  return text + "\n  ]";
}

/// Paths once, and then a number for each turn: there are thousands of turns.
std::string order_of(const std::vector<std::string>& turns) {
  std::map<std::string, std::size_t> places;
  json actors = json::array();
  json numbers = json::array();
  for (const auto& each : turns) {
    const auto [found, is_new] = places.try_emplace(each, places.size());
    if (is_new) actors.push_back(each);
    numbers.push_back(found->second);
  }
  return ",\n  \"order\": " + json{{"actors", actors}, {"turns", numbers}}.dump();
}

} // namespace

std::string to_text(const script& which) {
  std::string text = "{\n  \"scenario\": " + json(which.name).dump();
  const auto add = [&](const char* key, const json& value) {
    text += std::string(",\n  \"") + key + "\": " + value.dump();
  };
  if (!which.shows.empty()) add("shows", which.shows);
  if (which.seed != 0) add("seed", which.seed);
  if (which.strategy != "fifo") add("strategy", which.strategy);
  if (!which.setting.empty()) text += ",\n  \"setting\": " + indented(which.setting.dump(2));
  text += lines_of("steps", which.steps);
  if (!which.order.empty()) text += order_of(which.order);
  if (!which.properties.empty()) text += lines_of("properties", which.properties);
  return text + "\n}\n";
}

} // namespace termlease::scenario
