// The vocabulary for people, and for editors.
#include "bus/methods.hpp"
#include "tools/scenario/script/values.hpp"

namespace termlease::scenario {

using messages::json;

namespace {

std::string_view kind_text(value_kind kind) {
  switch (kind) {
  case value_kind::text:
    return "TEXT";
  case value_kind::topic:
    return "TOPIC";
  case value_kind::method:
    return "METHOD";
  case value_kind::fault:
    return "FAULT";
  case value_kind::length:
  case value_kind::shift:
    return "LENGTH";
  case value_kind::number:
    return "NUMBER";
  case value_kind::flag:
    return "true|false";
  case value_kind::object:
    return "{…}";
  case value_kind::anything:
    break;
  }
  return "VALUE";
}

std::string parameters_text(const std::vector<parameter>& list) {
  std::string text;
  for (const auto& each : list)
    text += "      \"" + std::string(each.name) + "\": " + std::string(kind_text(each.kind)) +
            "  " + std::string(each.doc) + (each.required ? " (needed)\n" : "\n");
  return text;
}

std::string words_text(const std::string& title, const std::vector<word>& list) {
  std::string text = "\n" + title + "\n";
  for (const auto& each : list) {
    text += "  \"" + std::string(each.name) + "\"";
    if (!each.value.empty()) text += ": " + std::string(each.value);
    text += "\n      " + std::string(each.doc) + "\n" + parameters_text(each.parameters);
  }
  return text;
}

/// A value, or a word: "$NAME.FIELD" is put in its place when a step is taken.
json schema_of(const parameter& what) {
  json schema{{"description", what.doc}};
  switch (what.kind) {
  case value_kind::text:
    schema["type"] = "string";
    if (what.one_of != nullptr) schema["enum"] = what.one_of();
    break;
  case value_kind::topic:
    schema["enum"] = recorded_topics();
    break;
  case value_kind::method:
    schema["enum"] = method_names();
    break;
  case value_kind::fault:
    schema["enum"] = fault_names();
    break;
  case value_kind::length:
  case value_kind::shift:
    schema["type"] = "string";
    schema["pattern"] =
        what.kind == value_kind::shift ? "^-?([0-9]+(ms|s|m|h|d))+$" : "^([0-9]+(ms|s|m|h|d))+$";
    break;
  case value_kind::number:
    schema["type"] = "integer";
    schema["minimum"] = what.least;
    if (what.most != any_number) schema["maximum"] = what.most;
    break;
  case value_kind::flag:
    schema["type"] = "boolean";
    break;
  case value_kind::object:
    schema["type"] = "object";
    break;
  case value_kind::anything:
    break;
  }
  return schema;
}

json object_schema(const std::vector<parameter>& keys) {
  json schema{{"type", "object"}, {"additionalProperties", false}};
  schema["properties"] = json::object();
  schema["required"] = json::array();
  for (const auto& each : keys) {
    schema["properties"][std::string(each.name)] = schema_of(each);
    if (each.required) schema["required"].push_back(each.name);
  }
  return schema;
}

json word_schema(const word& what, bool is_step) {
  auto schema = object_schema(what.parameters);
  schema["description"] = what.doc;
  auto& keys = schema["properties"];
  keys[std::string(what.name)] = schema_of(value_of(what));
  schema["required"].push_back(what.name);
  if (is_step)
    for (const auto* when : {"at", "after"}) keys[when] = schema_of({when, value_kind::length, ""});
  return schema;
}

/// A step of its own for each fault, with what that fault takes.
void add_fault_schemas(const word& what, json& one_of) {
  for (const auto& fault : fault_words()) {
    auto both = what;
    both.doc = fault.doc;
    both.parameters.insert(both.parameters.begin(), fault.parameters.begin(),
                           fault.parameters.end());
    one_of.push_back(word_schema(both, true));
    one_of.back()["properties"][std::string(what.name)] = {{"const", fault.name}};
  }
}

/// What a payload may have in it, by the names and default values of its description, and nothing
/// else. "$NAME.FIELD" may stand for anything.
json payload_schema(const json& payload) {
  json keys = json::object();
  for (const auto& [name, value] : payload.items()) {
    keys[name] = json::object();
    if (value.is_boolean()) keys[name]["type"] = {"boolean", "string"};
    if (value.is_number()) keys[name]["type"] = {"integer", "string"};
    if (value.is_object()) keys[name] = payload_schema(value);
    if (value.is_object()) keys[name]["type"] = {"object", "string"};
    if (value.is_array()) keys[name]["type"] = {"array", "string"};
  }
  return {{"properties", std::move(keys)}, {"additionalProperties", false}};
}

/// Which `with` or `has` belongs to which method or topic, where a word has one. What is meant to
/// be refused may be wrong.
json payload_rules(const word& what) {
  json rules = json::array();
  const auto own = value_of(what).kind;
  if (own != value_kind::method && own != value_kind::topic) return rules;
  const bool asks = own == value_kind::method;
  const auto bus = bus::introspection();
  for (const auto& each : bus[asks ? "methods" : "topics"]) {
    json rule;
    rule["if"]["properties"][std::string(what.name)]["const"] = each[asks ? "method" : "topic"];
    rule["if"]["properties"]["answer"]["not"]["const"] = "bad_payload";
    for (const auto* key : {"with", "has"})
      rule["then"]["properties"][key] = payload_schema(each["payload"]);
    rules.push_back(std::move(rule));
  }
  return rules;
}

json list_schema(const std::vector<word>& list, bool is_step) {
  json one_of = json::array();
  for (const auto& each : list) {
    if (value_of(each).kind == value_kind::fault) {
      add_fault_schemas(each, one_of);
      continue;
    }
    one_of.push_back(word_schema(each, is_step));
    if (auto rules = payload_rules(each); !rules.empty()) one_of.back()["allOf"] = std::move(rules);
  }
  if (is_step) {
    auto pause = object_schema({{"at", value_kind::length, "since the beginning"},
                                {"after", value_kind::length, "since the step before"}});
    pause["minProperties"] = 1;
    one_of.push_back(pause);
  }
  return {{"type", "array"}, {"items", {{"anyOf", one_of}}}};
}

/// As the loader reads it (setting.hpp).
json policy_schema() {
  json one_of = json::array();
  one_of.push_back({{"enum", {"starter", "open"}}});
  one_of.push_back({{"type", "array"}, {"items", {{"type", "string"}}}});
  auto file = object_schema({{"file", value_kind::text, "beside the scenario", true}});
  one_of.push_back(std::move(file));
  return {{"anyOf", std::move(one_of)}};
}

json setting_schema() {
  auto schema = object_schema(setting_keys());
  auto& keys = schema["properties"];
  keys["policy"] = policy_schema();
  keys["terminals"] = {{"type", "array"}, {"items", {{"type", "string"}}}};
  keys["people"]["additionalProperties"] = {{"enum", {"human", "agent"}}};
  return schema;
}

/// One method or topic, and what its payload has in it.
std::string message_text(const json& each, const char* name) {
  auto text = "  " + each[name].get<std::string>() + "  " + each["doc"].get<std::string>() + "\n";
  std::string fields;
  for (const auto& [key, value] : each["payload"].items())
    fields += (fields.empty() ? "" : ", ") + key;
  return fields.empty() ? text : text + "      with " + fields + "\n";
}

} // namespace

std::string vocabulary_text() {
  std::string text = "A scenario is one JSON file, in which comments may stand.\n\nIts keys\n" +
                     parameters_text(file_keys()) + "\nIts setting\n" +
                     parameters_text(setting_keys());
  text +=
      words_text("Steps; each may have \"at\": LENGTH since the beginning, or \"after\": LENGTH",
                 step_words());
  text += words_text("Faults", fault_words());
  text += words_text("Properties", property_words());
  text += "\nMethods\n";
  const auto bus = bus::introspection();
  for (const auto& each : bus["methods"]) text += message_text(each, "method");
  text += "\nTopics\n";
  for (const auto& each : bus["topics"]) text += message_text(each, "topic");
  return text;
}

json vocabulary_schema() {
  auto schema = object_schema(file_keys());
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = "A Termlease scenario";
  auto& keys = schema["properties"];
  keys["setting"] = setting_schema();
  keys["shows"] = {{"type", "array"}, {"items", {{"type", "string"}}}};
  keys["steps"] = list_schema(step_words(), true);
  keys["properties"] = list_schema(property_words(), false);
  return schema;
}

} // namespace termlease::scenario
