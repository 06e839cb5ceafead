#include "tools/scenario/script/setting.hpp"

#include "config/nearest.hpp"
#include "config/policy/load.hpp"
#include "config/text_file.hpp"
#include "messages/failure.hpp"
#include "tools/scenario/simulation/world.hpp"

#include <algorithm>
#include <array>

namespace termlease::scenario {

using messages::failed;
using messages::file_mistake;
using messages::identity;
using messages::identity_kind;
using messages::json;

namespace {

constexpr std::array<std::string_view, 2> policy_words{"starter", "open"};

/// A line for each, so that the line of a mistake is the place of its setting.
config::loaded_settings read_settings(const json& wanted) {
  std::string text;
  for (const auto& [key, value] : wanted.items()) text += key + " = " + value.dump() + "\n";
  return config::parse_settings(text, "setting", "/home/operator");
}

/// Settings are checked where those of a file are.
void check_settings(const json& wanted, std::vector<setting_mistake>& found) {
  for (const auto& each : read_settings(wanted).mistakes) {
    auto at = std::string("/settings");
    if (each.line >= 1 && each.line <= wanted.size()) {
      auto place = wanted.begin();
      std::advance(place, each.line - 1);
      at += "/" + place.key();
    }
    found.push_back({at, each.what, each.hint});
  }
}

void check_lines(const json& lines, std::vector<setting_mistake>& found) {
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!lines[i].is_string())
      return found.push_back({"/policy/" + std::to_string(i), "must be a string", {}});
    text += lines[i].get<std::string>() + "\n";
  }
  for (const auto& each : config::parse_policy(text, "policy").mistakes) {
    const auto line = each.line == 0 ? 0 : each.line - 1;
    found.push_back({"/policy/" + std::to_string(line), each.what, each.hint});
  }
}

std::filesystem::path policy_path(const json& wanted, const std::string& file) {
  return std::filesystem::path(file).parent_path() / wanted["file"].get<std::string>();
}

void check_policy(const json& wanted, const std::string& file,
                  std::vector<setting_mistake>& found) {
  if (wanted.is_array()) return check_lines(wanted, found);
  if (wanted.is_object() && wanted.size() == 1 && wanted.contains("file") &&
      wanted["file"].is_string()) {
    try {
      policy_of_file(policy_path(wanted, file));
    } catch (const failed& why) {
      found.push_back({"/policy/file", why.why().message, why.why().details.hint});
    }
    return;
  }
  if (!wanted.is_string())
    return found.push_back(
        {"/policy", R"(must be "starter", "open", {"file": PATH}, or a list of lines)", {}});
  const std::string word = wanted;
  if (std::find(policy_words.begin(), policy_words.end(), word) == policy_words.end())
    found.push_back(
        {"/policy", "'" + word + "' is no policy of ours", config::suggestion(word, policy_words)});
}

void check_terminals(const json& wanted, std::vector<setting_mistake>& found) {
  const auto is_text = [](const json& each) { return each.is_string(); };
  if (!wanted.is_array() || !std::all_of(wanted.begin(), wanted.end(), is_text))
    found.push_back({"/terminals", "must be a list of names", {}});
}

} // namespace

std::vector<setting_mistake> mistakes_in(const json& setting, const std::string& file) {
  std::vector<setting_mistake> found;
  if (setting.contains("policy")) check_policy(setting["policy"], file, found);
  if (setting.contains("terminals")) check_terminals(setting["terminals"], found);
  if (setting.contains("settings") && setting["settings"].is_object())
    check_settings(setting["settings"], found);
  if (setting.contains("people") && setting["people"].is_object())
    for (const auto& [name, kind] : setting["people"].items())
      if (kind != "human" && kind != "agent")
        found.push_back({"/people/" + name, R"(must be "human" or "agent")", {}});
  return found;
}

std::string policy_of(const json& setting, const std::string& file) {
  const auto wanted = setting.value("policy", json("starter"));
  if (wanted == "open") return all_is_allowed;
  if (wanted.is_object()) return policy_of_file(policy_path(wanted, file));
  if (!wanted.is_array()) return std::string(config::starter_policy());
  std::string text;
  for (const auto& each : wanted) text += each.get<std::string>() + "\n";
  return text;
}

std::string policy_of_file(const std::filesystem::path& path) {
  auto read = config::read_text_file(path);
  if (!read.mistakes.empty()) throw failed("policy_missing", to_text(read.mistakes.front()), "");
  if (read.missing)
    throw failed("policy_missing", "there is no " + path.string(), "check its name");
  const auto loaded = config::parse_policy(read.text, path.string());
  if (!loaded.mistakes.empty())
    throw failed("bad_policy", to_text(loaded.mistakes.front()),
                 "`termlease policy check` tells all of its mistakes");
  return std::move(read.text);
}

config::settings settings_of(const json& setting) {
  return read_settings(setting.value("settings", json::object())).values;
}

std::vector<std::string> terminals_of(const json& setting) {
  return setting.value("terminals", std::vector<std::string>{"demo"});
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
