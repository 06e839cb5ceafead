// Reads a scenario against the vocabulary: whatever stands in it is a word that is described, or a
// mistake that is told with its line.
#include "bus/methods.hpp"
#include "config/nearest.hpp"
#include "messages/failure.hpp"
#include "tools/scenario/script/references.hpp"
#include "tools/scenario/script/script.hpp"
#include "tools/scenario/script/setting.hpp"
#include "tools/scenario/script/values.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace termlease::scenario {

using messages::file_mistake;
using messages::json;
using messages::span;

namespace {

/// They take time, or end the runtime in order: nothing for the midst of somebody's turn.
constexpr std::string_view never_in_the_midst[] = {"requester leaves", "runtime stopped",
                                                   "clock set", "machine sleeps"};
constexpr std::string_view when_keys[] = {"at", "after"};
constexpr parameter a_length{"", value_kind::length, ""};

std::vector<std::string_view> names_of(const std::vector<word>& list) {
  std::vector<std::string_view> names;
  for (const auto& each : list) names.push_back(each.name);
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
    if (file.contains("seed") && file["seed"].is_number_unsigned()) script.seed = file["seed"];
    if (file.contains("strategy") && file["strategy"].is_string())
      script.strategy = file["strategy"];
    read_shows();
    read_order();
    read_setting();
    references_.emplace(script.setting,
                        [this](const auto& at, const auto& why) { complain(at, why); });
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

  void complain(const std::string& at, const objection& why) { complain(at, why.what, why.hint); }

  void check(const std::string& at, const json& value, const parameter& meant) {
    if (const auto why = objection_to(value, meant)) complain(at, why);
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
        check(at + "/" + key, value, *found);
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

  void read_order() {
    const auto& order = from_.value.value("order", json::object());
    if (!order.is_object() || order.empty()) return;
    std::vector<std::string> actors;
    for (const auto& each : order.value("actors", json::array()))
      actors.push_back(each.is_string() ? each.get<std::string>() : std::string{});
    for (const auto& each : order.value("turns", json::array())) {
      if (!each.is_number_unsigned() || each.get<std::size_t>() >= actors.size())
        return complain("/order", "its turns are places in its list of actors");
      into_.read.order.push_back(actors[each.get<std::size_t>()]);
    }
  }

  void read_setting() {
    into_.read.setting = json::object();
    if (!from_.value.contains("setting") || !from_.value["setting"].is_object()) return;
    into_.read.setting = from_.value["setting"];
    check_keys("/setting", into_.read.setting, setting_keys(), {});
    for (const auto& each : mistakes_in(into_.read.setting, from_.file))
      complain("/setting" + each.at, each.what, each.hint);
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
    if (!objection_to(one[key], a_length)) return messages::parse_span(one[key].get<std::string>());
    check(at + "/" + key, one[key], a_length);
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
      references_->read_step(at, one, next.what);
    } else if (one.size() > std::size_t{next.at || next.after}) {
      complain_of_no_word(at, one, step_words());
    }
    into_.read.steps.push_back(std::move(next));
  }

  void check_step(const std::string& at, const json& one, const word& what) {
    const std::string name(what.name);
    const auto place = at + "/" + name;
    const std::vector<std::string_view> also{what.name, when_keys[0], when_keys[1]};
    const bool is_fault = name == "fault" || name == "repair";
    if (!is_fault) check_keys(at, one, what.parameters, also);
    if (const auto why = objection_to(one[name], value_of(what))) return complain(place, why);
    if (is_fault) return check_fault(at, one, what, also);
    if (name == "do") check_payload(at, one, one[name]);
    if (one.contains("together") && one["together"] == true &&
        (one.contains("answer") || !one.contains("as")))
      complain(place, "is asked together with the next step: its answer comes later",
               "leave out 'answer', give it a name with 'as', and look with 'answered'");
    if (name == "expect" || name == "unexpected") check_contents(at, one, one[name], "with");
  }

  void check_fault(const std::string& at, const json& one, const word& what,
                   const std::vector<std::string_view>& also) {
    const std::string fault = one[std::string(what.name)];
    auto known = find_word(fault_words(), fault)->parameters;
    known.insert(known.end(), what.parameters.begin(), what.parameters.end());
    check_keys(at, one, known, also);
    const auto* const end = std::end(never_in_the_midst);
    if (one.contains("when") && std::find(std::begin(never_in_the_midst), end, fault) != end)
      complain(at + "/when", "'" + fault + "' does not happen in the midst of things");
  }

  void check_payload(const std::string& at, const json& one, const std::string& method) {
    // What is meant to be refused may be wrong.
    if (!one.contains("with") || !one["with"].is_object() ||
        one.value("answer", json()) == "bad_payload")
      return;
    check_part(at + "/with", one["with"], bus::find_method(method)->fields(),
               "is no part of what this method takes");
  }

  /// What an event's payload would have to contain is something that it can contain.
  void check_contents(const std::string& at, const json& one, const std::string& topic,
                      const char* key) {
    if (one.contains(key) && one[key].is_object())
      check_part(at + "/" + key, one[key], *payload_of(topic), "is no part of this event");
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
    check_keys(at, one, what->parameters, {what->name});
    if (const auto why = objection_to(one[name], value_of(*what)))
      return complain(at + "/" + name, why);
    for (const auto* key : {"with", "has"}) check_contents(at, one, one[name], key);
    references_->read_property(at, one);
    into_.read.properties.push_back({from_.line_of(at), name, one});
  }

  source from_;
  loaded_script into_;
  std::optional<references> references_;
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
