// The vocabulary for people, and for editors.
#include "bus/methods.hpp"
#include "tools/scenario/script/vocabulary.hpp"

namespace termlease::scenario {

using messages::json;

namespace {

std::string_view kind_text(value_kind kind) {
  switch (kind) {
  case value_kind::text:
    return "TEXT";
  case value_kind::length:
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

json schema_of(const parameter& what) {
  json schema{{"description", what.doc}};
  switch (what.kind) {
  case value_kind::text:
    schema["type"] = "string";
    break;
  case value_kind::length:
    schema["type"] = "string";
    schema["pattern"] = "^([0-9]+(ms|s|m|h|d))+$";
    break;
  case value_kind::number:
    schema["type"] = "integer";
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

json names_of(const std::vector<word>& list) {
  json names = json::array();
  for (const auto& each : list) names.push_back(each.name);
  return names;
}

json of_bus(const char* list, const char* key) {
  json names = json::array();
  const auto all = bus::introspection();
  for (const auto& each : all[list]) names.push_back(each[key]);
  return names;
}

/// What may stand behind a step's or a property's own word.
json value_schema(const word& what) {
  if (what.value == "METHOD") return {{"enum", of_bus("methods", "method")}};
  if (what.value == "TOPIC") return {{"enum", of_bus("topics", "topic")}};
  if (what.value == "FAULT") return {{"enum", names_of(fault_words())}};
  if (what.value == "NUMBER") return {{"type", "integer"}};
  const auto verbs = guest_verbs();
  if (what.value == "JOINS")
    return {{"enum", std::vector<std::string>(verbs.begin(), verbs.end())}};
  return {{"type", "string"}};
}

json word_schema(const word& what, bool is_step) {
  auto schema = object_schema(what.parameters);
  schema["description"] = what.doc;
  auto& keys = schema["properties"];
  keys[std::string(what.name)] = value_schema(what);
  schema["required"].push_back(what.name);
  if (is_step)
    for (const auto* when : {"at", "after"}) keys[when] = schema_of({when, value_kind::length, ""});
  if (what.value == "FAULT")
    for (const auto& fault : fault_words())
      for (const auto& each : fault.parameters) keys[std::string(each.name)] = schema_of(each);
  return schema;
}

/// What a payload may have in it, by the names and default values of its description.
json payload_schema(const json& payload) {
  json keys = json::object();
  for (const auto& [name, value] : payload.items()) {
    keys[name] = json::object();
    // "$NAME.FIELD" may stand for anything.
    if (value.is_boolean()) keys[name]["type"] = {"boolean", "string"};
    if (value.is_number()) keys[name]["type"] = {"integer", "string"};
    if (value.is_object()) keys[name]["type"] = {"object", "string"};
    if (value.is_array()) keys[name]["type"] = {"array", "string"};
  }
  return {{"properties", std::move(keys)}};
}

/// Which `with` belongs to which method or topic, where a word has one.
json with_schemas(const word& what) {
  json rules = json::array();
  const bool asks = what.value == "METHOD";
  if (!asks && what.value != "TOPIC") return rules;
  const auto bus = bus::introspection();
  for (const auto& each : bus[asks ? "methods" : "topics"]) {
    const json name = each[asks ? "method" : "topic"];
    json rule;
    rule["if"]["properties"][std::string(what.name)]["const"] = name;
    rule["then"]["properties"]["with"] = payload_schema(each["payload"]);
    rules.push_back(std::move(rule));
  }
  return rules;
}

json list_schema(const std::vector<word>& list, bool is_step) {
  json one_of = json::array();
  for (const auto& each : list) {
    one_of.push_back(word_schema(each, is_step));
    if (auto rules = with_schemas(each); !rules.empty()) one_of.back()["allOf"] = std::move(rules);
  }
  if (is_step) {
    auto pause = object_schema({{"at", value_kind::length, "since the beginning"},
                                {"after", value_kind::length, "since the step before"}});
    pause["minProperties"] = 1;
    one_of.push_back(pause);
  }
  return {{"type", "array"}, {"items", {{"anyOf", one_of}}}};
}

} // namespace

namespace {

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
  keys["setting"] = object_schema(setting_keys());
  keys["steps"] = list_schema(step_words(), true);
  keys["properties"] = list_schema(property_words(), false);
  return schema;
}

} // namespace termlease::scenario
