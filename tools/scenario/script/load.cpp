// Reads a scenario against the vocabulary: whatever stands in it is a word that is described, or a
// mistake that is told with its line.
#include "bus/methods.hpp"
#include "bus/topics.hpp"
#include "config/nearest.hpp"
#include "messages/failure.hpp"
#include "tools/scenario/script/script.hpp"
#include "tools/scenario/script/vocabulary.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

namespace termlease::scenario {

using messages::file_mistake;
using messages::json;
using messages::span;

namespace {

constexpr span longest{10LL * 365 * 24 * 60 * 60 * 1000};
/// They take time, or end the runtime in order: nothing for the midst of somebody's turn.
constexpr std::string_view never_in_the_midst[] = {"requester leaves", "runtime stopped",
                                                   "clock set", "machine sleeps"};
constexpr std::string_view when_keys[] = {"at", "after"};

std::vector<std::string_view> names_of(const std::vector<word>& list) {
  std::vector<std::string_view> names;
  for (const auto& each : list) names.push_back(each.name);
  return names;
}

bool is_length(const json& value) try {
  return value.is_string() && messages::parse_span(value.get<std::string>()) <= longest;

} catch (const messages::failed&) {

  return false;
}

bool fits(const json& value, value_kind kind) {
  switch (kind) {
  case value_kind::text:
    return value.is_string();
  case value_kind::number:
    return value.is_number_integer() || value.is_number_unsigned();
  case value_kind::flag:
    return value.is_boolean();
  case value_kind::object:
    return value.is_object();
  case value_kind::length:
    return is_length(value);
  case value_kind::anything:
    return true;
  }
  return false;
}

std::string_view expected(value_kind kind) {
  switch (kind) {
  case value_kind::text:
    return "must be a string";
  case value_kind::number:
    return "must be a whole number";
  case value_kind::flag:
    return "must be true or false";
  case value_kind::object:
    return "must be an object";
  case value_kind::length:
    return "must be a length of time, like \"90s\" or \"25m\"";
  case value_kind::anything:
    break;
  }
  return "";
}

/// Some are only heard on the bus: by one client, or beside another.
bool is_recorded(const std::string& topic) {
  return topic != "audit.recorded" && topic != "bus.gap" && !topic.ends_with(".snapshot");
}

/// What the payload of each topic may contain; made once.
const std::map<std::string, json>& payloads() {
  static const auto all = [] {
    std::map<std::string, json> by_topic;
    const auto described = bus::introspection();
    for (const auto& each : described["topics"])
      if (const std::string topic = each["topic"]; is_recorded(topic))
        by_topic[topic] = each["payload"];
    return by_topic;
  }();
  return all;
}

std::vector<std::string_view> topics() {
  std::vector<std::string_view> names;
  for (const auto& [topic, payload] : payloads()) names.push_back(topic);
  return names;
}

class reader {
public:
  explicit reader(source from) : from_(std::move(from)) { into_.read.file = from_.file; }

  loaded_script read() {
    for (const auto& each : from_.repeated) complain(each, "stands twice in the same object");
    if (!from_.value.is_object()) {
      complain("", "a scenario is an object", "begin with {\"scenario\": \"what it shows\", …");
      return take();
    }
    check_keys("", from_.value, file_keys(), {});
    auto& script = into_.read;
    const auto& file = from_.value;
    if (file.contains("scenario") && file["scenario"].is_string()) script.name = file["scenario"];
    if (file.contains("seed") && fits(file["seed"], value_kind::number)) script.seed = file["seed"];
    read_shows();
    read_strategy();
    read_setting();
    each_of("steps", [&](const std::string& at, const json& one) { read_step(at, one); });
    each_of("properties", [&](const std::string& at, const json& one) { read_property(at, one); });
    return take();
  }

private:
  void complain(const std::string& at, std::string what, std::string hint = {}) {
    auto key = at.empty() ? at : at.substr(1);
    std::replace(key.begin(), key.end(), '/', '.');
    into_.mistakes.push_back(
        {from_.file, from_.line_of(at), 0, std::move(key), std::move(what), std::move(hint)});
  }

  loaded_script take() {
    std::stable_sort(into_.mistakes.begin(), into_.mistakes.end(),
                     [](const auto& a, const auto& b) { return a.line < b.line; });
    return std::move(into_);
  }

  template <class Visit> void each_of(const char* key, Visit visit) {
    if (!from_.value.contains(key)) return;
    const auto& list = from_.value[key];
    const auto at = std::string("/") + key;
    if (!list.is_array()) return complain(at, "must be a list");
    for (std::size_t i = 0; i < list.size(); ++i) visit(at + "/" + std::to_string(i), list[i]);
  }

  /// Every key is known, and holds what it should; `also` names keys that are checked elsewhere.
  void check_keys(const std::string& at, const json& object, const std::vector<parameter>& known,
                  std::vector<std::string_view> also) {
    for (const auto& [key, value] : object.items()) {
      const auto found = std::find_if(known.begin(), known.end(),
                                      [&](const parameter& each) { return each.name == key; });
      if (found != known.end()) {
        if (!fits(value, found->kind)) complain(at + "/" + key, std::string(expected(found->kind)));
      } else if (std::find(also.begin(), also.end(), key) == also.end()) {
        std::vector<std::string_view> names(also);
        for (const auto& each : known) names.push_back(each.name);
        complain(at + "/" + key, "is not known here", config::suggestion(key, names));
      }
    }
    for (const auto& each : known)
      if (each.required && !object.contains(each.name))
        complain(at, "'" + std::string(each.name) + "' is missing: " + std::string(each.doc));
  }

  void read_shows() {
    each_of("shows", [&](const std::string& at, const json& one) {
      if (!one.is_string()) return complain(at, "must be a string");
      into_.read.shows.push_back(one);
    });
  }

  void read_strategy() {
    if (!from_.value.contains("strategy") || !from_.value["strategy"].is_string()) return;
    into_.read.strategy = from_.value["strategy"];
    const auto known = strategy_names();
    if (std::find(known.begin(), known.end(), into_.read.strategy) == known.end())
      complain("/strategy", "is no strategy", config::suggestion(into_.read.strategy, known));
  }

  void read_setting() {
    into_.read.setting = json::object();
    if (!from_.value.contains("setting") || !from_.value["setting"].is_object()) return;
    into_.read.setting = from_.value["setting"];
    check_keys("/setting", into_.read.setting, setting_keys(), {});
    check_setting(into_.read.setting);
  }

  void check_setting(const json& setting) {
    const auto is_text = [](const json& each) { return each.is_string(); };
    const auto terminals = setting.value("terminals", json::array());
    if (!terminals.is_array() || !std::all_of(terminals.begin(), terminals.end(), is_text))
      complain("/setting/terminals", "must be a list of names");
    const auto policy = setting.value("policy", json("starter"));
    if (policy.is_array() && !std::all_of(policy.begin(), policy.end(), is_text))
      complain("/setting/policy", "must be a list of lines");
    if (!setting.contains("people") || !setting["people"].is_object()) return;
    for (const auto& [name, kind] : setting["people"].items())
      if (kind != "human" && kind != "agent")
        complain("/setting/people/" + name, "must be \"human\" or \"agent\"");
  }

  /// Finds the one word of `list` that an object begins with.
  const word* word_of(const std::string& at, const json& one, const std::vector<word>& list) {
    const word* found = nullptr;
    for (const auto& [key, value] : one.items()) {
      const auto* const here = find_word(list, key);
      if (here == nullptr) continue;
      if (found != nullptr) {
        complain(at + "/" + key, "there is '" + std::string(found->name) + "' already",
                 "give it a step of its own");
        return nullptr;
      }
      found = here;
    }
    return found;
  }

  void complain_of_no_word(const std::string& at, const json& one, const std::vector<word>& list) {
    const auto names = names_of(list);
    for (const auto& [key, value] : one.items())
      if (!config::nearest(key, names).empty())
        return complain(at + "/" + key, "is not known", config::suggestion(key, names));
    complain(at, "none of its keys says what it is", config::suggestion("", names));
  }

  std::optional<span> length_at(const std::string& at, const json& one, const char* key) {
    if (!one.contains(key)) return std::nullopt;
    if (fits(one[key], value_kind::length))
      return messages::parse_span(one[key].get<std::string>());
    complain(at + "/" + key, std::string(expected(value_kind::length)));
    return std::nullopt;
  }

  void read_step(const std::string& at, const json& one) {
    if (!one.is_object()) return complain(at, "must be an object");
    step next;
    next.line = from_.line_of(at);
    next.at = length_at(at, one, "at");
    next.after = length_at(at, one, "after");
    if (next.at && next.after) complain(at, "has both 'at' and 'after'", "give one of them");
    next.words = one;
    const auto* const what = word_of(at, one, step_words());
    if (what != nullptr) {
      next.what = what->name;
      check_step(at, one, *what);
    } else if (one.size() > std::size_t{next.at || next.after}) {
      complain_of_no_word(at, one, step_words());
    }
    into_.read.steps.push_back(std::move(next));
  }

  void check_step(const std::string& at, const json& one, const word& what) {
    const std::string name(what.name);
    const auto place = at + "/" + name;
    std::vector<std::string_view> also{what.name, when_keys[0], when_keys[1]};
    if (name == "inside") {
      if (!fits(one[name], value_kind::number))
        complain(place, std::string(expected(value_kind::number)));
      return check_keys(at, one, what.parameters, also);
    }
    if (!one[name].is_string()) return complain(place, std::string(expected(value_kind::text)));
    const auto value = one[name].get<std::string>();
    if (name == "fault" || name == "repair") return check_fault(at, one, value, also);
    if (name == "do") check_method(at, one, value);
    if (one.contains("together") && one["together"] == true &&
        (one.contains("answer") || !one.contains("as")))
      complain(place, "is asked together with the next step: its answer comes later",
               "leave out 'answer', give it a name with 'as', and look with 'answered'");
    if (name == "expect" || name == "unexpected") {
      check_topic(place, value);
      check_contents(at, one, value, "with");
    }
    if (name == "guest") check_guest(place, value);
    check_keys(at, one, what.parameters, also);
  }

  void check_guest(const std::string& place, const std::string& value) {
    const auto known = guest_verbs();
    if (std::find(known.begin(), known.end(), value) == known.end())
      complain(place, "a guest doesn't do that", config::suggestion(value, known));
  }

  void check_fault(const std::string& at, const json& one, const std::string& value,
                   const std::vector<std::string_view>& also) {
    const auto* const fault = find_word(fault_words(), value);
    if (one.contains("when")) check_trap(at, one, value);
    check_actor(at, one);
    if (value == "clock set" && one.contains("by") && one["by"].is_string()) {
      auto by = one["by"].get<std::string>();
      if (by.starts_with('-')) by.erase(0, 1);
      if (!is_length(by)) complain(at + "/by", std::string(expected(value_kind::length)));
    }
    if (fault != nullptr) {
      auto known = fault->parameters;
      if (one.contains("fault")) {
        const auto& common = find_word(step_words(), "fault")->parameters;
        known.insert(known.end(), common.begin(), common.end());
      }
      return check_keys(at, one, known, also);
    }
    complain(at + (one.contains("fault") ? "/fault" : "/repair"), "'" + value + "' is no fault",
             config::suggestion(value, names_of(fault_words())));
  }

  void check_trap(const std::string& at, const json& one, const std::string& fault) {
    if (one["when"].is_string()) check_topic(at + "/when", one["when"]);
    const auto* const end = std::end(never_in_the_midst);
    if (std::find(std::begin(never_in_the_midst), end, fault) != end)
      complain(at + "/when", "'" + fault + "' does not happen in the midst of things");
  }

  void check_actor(const std::string& at, const json& one) {
    if (!one.contains("actor") || !one["actor"].is_string()) return;
    const std::string actor = one["actor"];
    const auto known = actor_names();
    if (std::find(known.begin(), known.end(), actor) == known.end())
      complain(at + "/actor", "'" + actor + "' is no part of the runtime",
               config::suggestion(actor, known));
  }

  void check_method(const std::string& at, const json& one, const std::string& wanted) {
    const auto* const method = bus::find_method(wanted);
    if (method == nullptr) {
      std::vector<std::string_view> names;
      for (const auto& each : bus::methods()) names.push_back(each.name);
      return complain(at + "/do", "'" + wanted + "' is no method",
                      config::suggestion(wanted, names));
    }
    // What is meant to be refused may be wrong.
    if (!one.contains("with") || !one["with"].is_object() ||
        one.value("answer", json()) == "bad_payload")
      return;
    check_part(at + "/with", one["with"], method->fields(), "is no part of what this method takes");
  }

  void check_topic(const std::string& place, const std::string& value) {
    if (!payloads().contains(value))
      complain(place, "'" + value + "' is no topic", config::suggestion(value, topics()));
  }

  /// What an event's payload would have to contain is something that it can contain.
  void check_contents(const std::string& at, const json& one, const std::string& topic,
                      const char* key) {
    const auto found = payloads().find(topic);
    if (found != payloads().end() && one.contains(key) && one[key].is_object())
      check_part(at + "/" + key, one[key], found->second, "is no part of this event");
  }

  void check_part(const std::string& at, const json& part, const json& whole,
                  const char* otherwise) {
    std::vector<std::string_view> names;
    for (const auto& [name, value] : whole.items()) names.push_back(name);
    for (const auto& [name, value] : part.items()) {
      if (!whole.contains(name))
        complain(at + "/" + name, otherwise, config::suggestion(name, names));
      else if (value.is_object() && whole[name].is_object())
        check_part(at + "/" + name, value, whole[name], otherwise);
    }
  }

  void read_property(const std::string& at, const json& one) {
    if (!one.is_object()) return complain(at, "must be an object");
    const auto* const what = word_of(at, one, property_words());
    if (what == nullptr) return complain_of_no_word(at, one, property_words());
    const std::string name(what->name);
    if (one[name].is_string()) {
      check_topic(at + "/" + name, one[name]);
      for (const auto* key : {"with", "has"}) check_contents(at, one, one[name], key);
    } else {
      complain(at + "/" + name, std::string(expected(value_kind::text)));
    }
    if (one.contains("after") && one["after"].is_string()) check_topic(at + "/after", one["after"]);
    check_keys(at, one, what->parameters, {what->name});
    into_.read.properties.push_back({from_.line_of(at), name, one});
  }

  source from_;
  loaded_script into_;
};

} // namespace

loaded_script parse_script(std::string_view text, const std::string& file) {
  return reader(parse_source(text, file)).read();
}

loaded_script load_script(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in)
    throw messages::failed("no_scenario", "can't read " + file, "check its name and its rights");
  return parse_script(text.str(), file);
}

} // namespace termlease::scenario
