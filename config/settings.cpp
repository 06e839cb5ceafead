#include "config/settings.hpp"

#include "config/nearest.hpp"
#include "config/text_file.hpp"
#include "config/toml_reader.hpp"

#include <algorithm>
#include <concepts>
#include <type_traits>
#include <utility>

namespace termlease::config {

namespace {

/// Calls `visit(section, group)` for each group of `values`.
template <class Values, class Visitor> void for_each_group(Values& values, Visitor&& visit) {
  std::apply([&](const auto&... each) { (visit(each.first, values.*(each.second)), ...); },
             settings::groups());
}

/// Calls `visit(setting)` for each line of a group's table.
template <class Group, class Visitor> void for_each_setting(Visitor&& visit) {
  std::apply([&](const auto&... each) { (visit(each), ...); }, Group::table());
}

template <class Group> std::vector<std::string_view> keys_of() {
  std::vector<std::string_view> keys;
  for_each_setting<Group>([&](const auto& each) { keys.push_back(each.key); });
  return keys;
}

std::vector<std::string_view> split(std::string_view choices) {
  std::vector<std::string_view> words;
  while (!choices.empty()) {
    const auto end = choices.find('|');
    words.push_back(choices.substr(0, end));
    choices.remove_prefix(end == std::string_view::npos ? choices.size() : end + 1);
  }
  return words;
}

bool is_host(std::string_view text) {
  // Never an option: the name goes into the arguments of another program.
  return text.size() <= 253 && !text.starts_with('-') &&
         text.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:") ==
             std::string_view::npos;
}

bool is_fingerprint(std::string_view text) {
  // Of a SHA-256 in base64, without the padding. It goes into another program's configuration.
  constexpr std::string_view kind = "SHA256:";
  return text.starts_with(kind) && text.size() == kind.size() + 43 &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/",
                                kind.size()) == std::string_view::npos;
}

template <class Group>
void read(const length_setting<Group>& each, const table_reader& from, Group& into,
          const std::filesystem::path&) {
  const range allowed{messages::parse_span(each.least).ms, messages::parse_span(each.most).ms};
  if (const auto value = from.length_of_time(each.key, allowed)) into.*each.member = *value;
}

template <class Group, class Number>
void read(const number_setting<Group, Number>& each, const table_reader& from, Group& into,
          const std::filesystem::path&) {
  if (const auto value = from.whole_number(each.key, {each.least, each.most}))
    into.*each.member = static_cast<Number>(*value);
}

template <class Group>
void read(const numbers_setting<Group>& each, const table_reader& from, Group& into,
          const std::filesystem::path&) {
  const auto* node = from.find(each.key);
  if (!node) return;
  const auto* table = node->as_table();
  if (!table)
    return from.complain(each.key, "expected a table, found " + kind_of(*node),
                         "write " + std::string(each.key) + " = { NAME = 2 }");
  const auto inner = from.below(each.key, *table);
  for (const auto& [name, value] : *table)
    if (const auto number = inner.whole_number(name.str(), {each.least, each.most}))
      (into.*each.member)[std::string(name.str())] = static_cast<std::uint32_t>(*number);
}

template <class Group>
void read(const text_setting<Group>& each, const table_reader& from, Group& into,
          const std::filesystem::path& home) {
  auto value = from.text(each.key);
  if (!value) return;
  if (each.kind == text_kind::choice) {
    const auto words = split(each.choices);
    if (std::find(words.begin(), words.end(), *value) == words.end())
      return from.complain(each.key, "'" + *value + "' is not one of: " + listed(words),
                           suggestion(*value, words));
  } else if (each.kind == text_kind::host && !is_host(*value)) {
    return from.complain(each.key, "'" + *value + "' is not a host name or an address");
  } else if (each.kind == text_kind::fingerprint && !value->empty() && !is_fingerprint(*value)) {
    return from.complain(each.key, "'" + *value + "' is not a fingerprint",
                         "write it as `ssh-keygen -lf` prints it: SHA256:…");
  } else if (each.kind == text_kind::path && !value->empty()) {
    if (value->starts_with("~/") && !home.empty()) *value = (home / value->substr(2)).string();
    if (!value->starts_with('/'))
      return from.complain(each.key, "'" + *value + "' is not an absolute path",
                           "begin with / or with ~/");
  }
  into.*each.member = std::move(*value);
}

/// Section names, and for a key that stands outside of its section, where it belongs.
void check_top(const toml::table& root, const table_reader& top) {
  std::vector<std::string_view> sections;
  settings none;
  for_each_group(none, [&](std::string_view name, auto&) { sections.push_back(name); });
  for (const auto& [key, value] : root) {
    const auto name = key.str();
    if (std::find(sections.begin(), sections.end(), name) != sections.end()) continue;
    std::string hint = suggestion(name, sections);
    for_each_group(none, [&](std::string_view section, auto& group) {
      const auto keys = keys_of<std::remove_reference_t<decltype(group)>>();
      if (std::find(keys.begin(), keys.end(), name) != keys.end())
        hint = "it belongs into [" + std::string(section) + "]";
    });
    top.complain_at(key.source(), name, "is not known here", hint);
  }
}

/// What no single line can tell.
void check_together(const settings& values, const toml::table& root, complaints& into) {
  const auto complain = [&](std::string_view section, std::string_view key, std::string what,
                            std::string hint) {
    const auto* group = root[section].as_table();
    if (group)
      table_reader(*group, std::string(section), into)
          .complain(key, std::move(what), std::move(hint));
  };
  const auto& shares = values.shares;
  if (shares.default_ttl > shares.max_ttl)
    complain("shares", "default_ttl", "is longer than max_ttl (" + to_text(shares.max_ttl) + ")",
             "raise max_ttl or lower default_ttl");
  if (shares.per_terminal_limit > shares.total_limit)
    complain("shares", "per_terminal_limit",
             "is more than total_limit (" + std::to_string(shares.total_limit) + ")",
             "raise total_limit or lower per_terminal_limit");
  if (values.upterm.relay_host.empty() != (values.upterm.relay_port == 0))
    complain("upterm", values.upterm.relay_host.empty() ? "relay_port" : "relay_host",
             "relay_host and relay_port need each other", "set both or neither");
  if (!values.upterm.relay_host.empty() && values.upterm.known_hosts.empty())
    complain("upterm", "relay_host",
             "a relay of your own needs known_hosts: its host key is checked",
             "name a file with the line: @cert-authority [HOST]:PORT KEY");
  const auto& tmate = values.tmate;
  if (tmate.relay_host.empty() != (tmate.relay_port == 0))
    complain("tmate", tmate.relay_host.empty() ? "relay_port" : "relay_host",
             "relay_host and relay_port need each other", "set both or neither");
  if (!tmate.relay_host.empty() && tmate.relay_rsa_fingerprint.empty() &&
      tmate.relay_ed25519_fingerprint.empty())
    complain("tmate", "relay_host",
             "a relay of your own needs a fingerprint: its host key is checked",
             "set relay_ed25519_fingerprint to what `ssh-keygen -lf KEY` prints");
  if (values.supervision.backoff_min > values.supervision.backoff_max)
    complain("supervision", "backoff_min",
             "is longer than backoff_max (" + to_text(values.supervision.backoff_max) + ")",
             "raise backoff_max or lower backoff_min");
}

std::string in_quotes(std::string_view text) {
  std::string result = "\"";
  for (const char each : text) {
    if (each == '"' || each == '\\') result += '\\';
    result += each;
  }
  return result + "\"";
}

std::string shown(messages::span value) {
  return in_quotes(messages::to_text(value));
}

std::string shown(const std::string& value) {
  return in_quotes(value);
}

template <std::unsigned_integral Number> std::string shown(Number value) {
  return std::to_string(value);
}

std::string shown(const std::map<std::string, std::uint32_t>& values) {
  std::string text;
  for (const auto& [name, value] : values)
    text += (text.empty() ? " " : ", ") + in_quotes(name) + " = " + std::to_string(value);
  return text.empty() ? "{}" : "{" + text + " }";
}

template <class Group> std::string allowed_text(const length_setting<Group>& each) {
  return "from " + std::string(each.least) + " to " + std::string(each.most);
}

template <class Group, class Number>
std::string allowed_text(const number_setting<Group, Number>& each) {
  return range_text({each.least, each.most}, false);
}

template <class Group> std::string allowed_text(const numbers_setting<Group>& each) {
  return "names, each " + range_text({each.least, each.most}, false);
}

template <class Group> std::string allowed_text(const text_setting<Group>& each) {
  if (each.kind == text_kind::choice) return listed(split(each.choices));
  if (each.kind == text_kind::fingerprint) return "a fingerprint, SHA256:…";
  return each.kind == text_kind::host ? "a host name or an address" : "an absolute path";
}

} // namespace

bool waits_for_relay(const settings& from, std::string_view backend) {
  const auto& does =
      backend == "tmate" ? from.tmate.when_relay_returns : from.upterm.when_relay_returns;
  return does == "announce";
}

std::uint32_t share_limit(const share_settings& limits, const std::string& terminal,
                          const std::string& lane) {
  if (const auto own = limits.terminal_limits.find(terminal); own != limits.terminal_limits.end())
    return own->second;
  const auto of_lane = limits.lane_limits.find(lane);
  return of_lane == limits.lane_limits.end() ? limits.per_terminal_limit : of_lane->second;
}

loaded_settings parse_settings(std::string_view text, const std::string& file,
                               const std::filesystem::path& home) {
  complaints wrong(file);
  loaded_settings loaded;
  if (const auto root = parse_toml(text, file, wrong.raw())) {
    const table_reader top(*root, {}, wrong);
    check_top(*root, top);
    for_each_group(loaded.values, [&](std::string_view section, auto& group) {
      using group_type = std::remove_reference_t<decltype(group)>;
      const auto* node = top.find(section);
      if (!node) return;
      const auto* table = node->as_table();
      if (!table)
        return top.complain(section, "expected a table, found " + kind_of(*node),
                            "write [" + std::string(section) + "]");
      const table_reader reader(*table, std::string(section), wrong);
      reader.only(keys_of<group_type>());
      for_each_setting<group_type>([&](const auto& each) { read(each, reader, group, home); });
    });
    if (wrong.none()) check_together(loaded.values, *root, wrong);
  }
  loaded.mistakes = wrong.take();
  return loaded;
}

loaded_settings load_settings(const std::filesystem::path& file,
                              const std::filesystem::path& home) {
  auto found = read_text_file(file);
  if (found.missing) return {};
  if (!found.mistakes.empty()) return {{}, std::move(found.mistakes)};
  return parse_settings(found.text, file.string(), home);
}

std::vector<setting_line> setting_lines(const settings& values) {
  std::vector<setting_line> lines;
  for_each_group(values, [&](std::string_view section, const auto& group) {
    using group_type = std::remove_cvref_t<decltype(group)>;
    const group_type standard;
    for_each_setting<group_type>([&](const auto& each) {
      lines.push_back({std::string(section), std::string(each.key), shown(group.*each.member),
                       shown(standard.*each.member), allowed_text(each), std::string(each.doc)});
    });
  });
  return lines;
}

std::string settings_text(const settings& values) {
  std::string text;
  std::string section;
  for (const auto& line : setting_lines(values)) {
    if (line.section != section) {
      text += (section.empty() ? "[" : "\n[") + line.section + "]\n";
      section = line.section;
    }
    text += "# " + line.doc + " (" + line.allowed + "; default " + line.standard + ")\n";
    text += line.key + " = " + line.value + "\n";
  }
  return text;
}

} // namespace termlease::config
