#include "tools/scenario/play/setting.hpp"

#include "config/text_file.hpp"
#include "messages/failure.hpp"
#include "tools/scenario/simulation/world.hpp"

namespace termlease::scenario {

using messages::failed;
using messages::identity;
using messages::identity_kind;
using messages::json;

namespace {

std::string policy_text(const json& wanted, const std::string& file) {
  if (wanted == "starter") return std::string(config::starter_policy());
  if (wanted == "open") return all_is_allowed;
  if (wanted.is_array()) {
    std::string text;
    for (const auto& each : wanted)
      if (each.is_string()) text += each.get<std::string>() + "\n";
    return text;
  }
  if (wanted.is_object() && wanted.contains("file") && wanted["file"].is_string()) {
    const auto path = std::filesystem::path(file).parent_path() / wanted["file"].get<std::string>();
    return policy_of_file(path);
  }
  throw failed("bad_setting", "'policy' is neither starter, open, {\"file\": PATH} nor lines", "");
}

/// Settings are checked where those of a file are.
config::settings settings_from(const json& wanted) {
  std::string text;
  for (const auto& [key, value] : wanted.items()) text += key + " = " + value.dump() + "\n";
  auto loaded = config::parse_settings(text, "setting", "/home/operator");
  if (!loaded.mistakes.empty()) {
    const auto& first = loaded.mistakes.front();
    throw failed("bad_setting", "'" + first.key + "': " + first.what, first.hint);
  }
  return std::move(loaded.values);
}

} // namespace

std::string policy_of_file(const std::filesystem::path& path) {
  auto read = config::read_text_file(path);
  if (!read.mistakes.empty()) throw failed("policy_missing", to_text(read.mistakes.front()), "");
  if (read.missing)
    throw failed("policy_missing", "there is no " + path.string(), "check its name");
  return std::move(read.text);
}

void furnish(machine& on, const json& setting, const std::string& policy, const std::string& file) {
  on.policy->replace(policy.empty() ? policy_text(setting.value("policy", json("starter")), file)
                                    : policy);
  on.settings = settings_from(setting.value("settings", json::object()));
}

std::vector<std::string> terminals_of(const json& setting) {
  std::vector<std::string> names;
  const auto wanted = setting.value("terminals", json::array({"demo"}));
  for (const auto& each : wanted)
    if (each.is_string()) names.push_back(each);
  return names;
}

std::map<std::string, identity> people_of(const json& setting) {
  std::map<std::string, identity> all;
  const auto wanted = setting.value("people", json::object());
  for (const auto& [name, kind] : wanted.items()) {
    const auto before = kind.get<std::string>() + ":";
    all[name] = {kind == "agent" ? identity_kind::agent : identity_kind::human,
                 name.starts_with(before) ? name.substr(before.size()) : name};
  }
  all["operator"] = the_operator;
  return all;
}

} // namespace termlease::scenario
