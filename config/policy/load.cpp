#include "config/policy/load.hpp"

#include "config/nearest.hpp"
#include "config/policy/pattern.hpp"
#include "config/text_file.hpp"
#include "config/toml_reader.hpp"
#include "messages/backends.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace termlease::config {

using namespace messages;

namespace {

constexpr std::array<std::string_view, 2> top_keys{"version", "rule"};
constexpr std::array<std::string_view, 13> rule_keys{
    "name",  "description", "effect",  "actions",   "requesters", "terminals", "lanes",
    "modes", "backends",    "max_ttl", "approvers", "quorum",     "deadline"};
constexpr std::array<std::string_view, 3> effects{"allow", "require", "deny"};
constexpr std::array<std::string_view, 2> modes{"ro", "rw"};

/// Reads one `[[rule]]`.
class rule_reader {
public:
  rule_reader(const toml::table& table, std::size_t index, complaints& into)
      : reader_(table, "rule[" + std::to_string(index) + "]", into) {}

  policy_rule run() {
    reader_.only(rule_keys);
    read_name();
    rule_.description = reader_.text("description").value_or("");
    read_effect();
    read_actions();
    people("requesters", rule_.requesters);
    patterns("terminals", rule_.terminals);
    patterns("lanes", rule_.lanes);
    for (auto& each : words("backends", backend_names))
      rule_.backends.push_back(std::move(each.text));
    for (const auto& each : words("modes", modes))
      rule_.modes.push_back(*value_named<share_mode>(each.text));
    read_max_ttl();
    read_approval();
    return std::move(rule_);
  }

private:
  void read_name() {
    const auto name = reader_.text("name");
    if (!reader_.find("name"))
      reader_.complain("name", "every rule has a name", "add name = \"…\"");
    else if (name && (name->empty() || name->size() > 80))
      reader_.complain("name", "expected 1 to 80 characters");
    else
      rule_.name = name.value_or("");
  }

  void read_effect() {
    const auto effect = reader_.text("effect");
    if (!reader_.find("effect"))
      return reader_.complain("effect", "every rule has an effect", "allow, require or deny");
    if (!effect) return;
    if (const auto known = value_named<policy_effect>(*effect))
      rule_.effect = *known;
    else
      reader_.complain("effect", "'" + *effect + "' is not one of: " + listed(effects),
                       suggestion(*effect, effects));
  }

  void read_actions() {
    for (auto& each : reader_.texts("actions").value_or(std::vector<listed_text>{})) {
      const bool hits = std::any_of(policy_actions.begin(), policy_actions.end(),
                                    [&](const auto action) { return matches(each.text, action); });
      if (const auto problem = pattern_problem(each.text); !problem.empty())
        reader_.complain_at(each.where, "actions", problem);
      else if (!hits)
        reader_.complain_at(each.where, "actions", "no action matches '" + each.text + "'",
                            suggestion(each.text, policy_actions));
      else
        rule_.actions.push_back(std::move(each.text));
    }
  }

  void patterns(std::string_view key, std::vector<std::string>& into) {
    for (auto& each : reader_.texts(key).value_or(std::vector<listed_text>{})) {
      if (const auto problem = pattern_problem(each.text); !problem.empty())
        reader_.complain_at(each.where, key, problem);
      else
        into.push_back(std::move(each.text));
    }
  }

  void people(std::string_view key, std::vector<std::string>& into) {
    for (auto& each : reader_.texts(key).value_or(std::vector<listed_text>{})) {
      if (const auto problem = person_pattern_problem(each.text); !problem.empty())
        reader_.complain_at(each.where, key, problem);
      else
        into.push_back(std::move(each.text));
    }
  }

  /// A list of known words; the others are complained about and left out.
  std::vector<listed_text> words(std::string_view key, std::span<const std::string_view> known) {
    auto found = reader_.texts(key).value_or(std::vector<listed_text>{});
    std::erase_if(found, [&](const auto& each) {
      if (std::find(known.begin(), known.end(), each.text) != known.end()) return false;
      reader_.complain_at(each.where, key, "'" + each.text + "' is not one of: " + listed(known),
                          suggestion(each.text, known));
      return true;
    });
    return found;
  }

  void read_max_ttl() {
    rule_.max_ttl = reader_.length_of_time("max_ttl", {1000, longest_rule_ttl.ms}).value_or(span{});
    if (reader_.find("max_ttl") && rule_.effect == policy_effect::deny && effect_is_known())
      reader_.complain("max_ttl", "a deny rule takes no max_ttl: it would deny short requests only",
                       "put max_ttl on the rules that allow; what is longer is denied anyway");
  }

  void read_approval() {
    if (rule_.effect != policy_effect::require) {
      for (const auto key : {"approvers", "quorum", "deadline"})
        if (reader_.find(key) && effect_is_known())
          reader_.complain(key, "only a rule with effect \"require\" asks for an approval",
                           "set effect = \"require\", or remove the key");
      return;
    }
    people("approvers", rule_.approvers);
    if (!reader_.find("approvers"))
      reader_.complain("approvers", "a rule that requires an approval names who may give it",
                       "add approvers = [\"operator\"]");
    rule_.quorum =
        static_cast<std::uint32_t>(reader_.whole_number("quorum", {1, largest_quorum}).value_or(1));
    rule_.deadline =
        reader_.length_of_time("deadline", {1000, longest_deadline.ms}).value_or(span{});
    const bool all_known = std::all_of(rule_.approvers.begin(), rule_.approvers.end(),
                                       [](const auto& each) { return means_one_person(each); });
    if (all_known && !rule_.approvers.empty() && rule_.quorum > rule_.approvers.size())
      reader_.complain("quorum",
                       "asks for " + std::to_string(rule_.quorum) + " approvals but only " +
                           std::to_string(rule_.approvers.size()) + " can be given",
                       "name more approvers or lower the quorum");
  }

  /// A misspelt effect is one mistake, not several.
  bool effect_is_known() const {
    const auto* node = reader_.find("effect");
    const auto* text = node ? node->as_string() : nullptr;
    return text && value_named<policy_effect>(text->get());
  }

  table_reader reader_;
  policy_rule rule_;
};

void read_version(const table_reader& top) {
  if (!top.find("version"))
    top.complain("version", "the file does not say its version", "begin it with: version = 1");
  else if (top.find("version")->is_integer() && top.find("version")->ref<std::int64_t>() != 1)
    top.complain("version", "only version 1 is known", "write version = 1");
  else
    top.whole_number("version", {1, 1});
}

void check_names(const std::vector<policy_rule>& rules, const toml::array& tables,
                 const table_reader& top) {
  std::map<std::string_view, std::size_t> seen;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].name.empty()) continue;
    const auto [first, is_new] = seen.emplace(rules[i].name, i);
    if (is_new) continue;
    const auto& where = tables[i].as_table()->get("name")->source();
    const auto line = tables[first->second].as_table()->get("name")->source().begin.line;
    top.complain_at(where, "rule[" + std::to_string(i + 1) + "].name",
                    "another rule is named '" + rules[i].name + "' (line " + std::to_string(line) +
                        ")",
                    "answers name their rules, so each needs a name of its own");
  }
}

std::vector<policy_rule> read_rules(const toml::table& root, const table_reader& top,
                                    complaints& wrong) {
  const auto* node = root.get("rule");
  if (!node) return {};
  const auto* tables = node->as_array();
  const bool all_tables = tables && std::all_of(tables->begin(), tables->end(),
                                                [](const auto& each) { return each.is_table(); });
  if (!all_tables) {
    top.complain("rule", "expected rules, found " + kind_of(*node), "begin each with [[rule]]");
    return {};
  }
  if (tables->size() > most_rules) {
    top.complain("rule", "more than " + std::to_string(most_rules) + " rules", "use patterns");
    return {};
  }
  std::vector<policy_rule> rules;
  for (std::size_t i = 0; i < tables->size(); ++i)
    rules.push_back(rule_reader(*(*tables)[i].as_table(), i + 1, wrong).run());
  check_names(rules, *tables, top);
  return rules;
}

} // namespace

loaded_policy parse_policy(std::string_view text, const std::string& file) {
  complaints wrong(file);
  loaded_policy loaded{{file, {}}, false, {}};
  if (const auto root = parse_toml(text, file, wrong.raw())) {
    const table_reader top(*root, {}, wrong);
    top.only(top_keys);
    read_version(top);
    loaded.set.rules = read_rules(*root, top, wrong);
  }
  loaded.mistakes = wrong.take();
  // Half a policy is worse than none: the missing half may be the one that denies.
  if (!loaded.mistakes.empty()) loaded.set.rules.clear();
  return loaded;
}

loaded_policy policy_from(const text_file& content, const std::string& file) {
  loaded_policy none{{file, {}}, content.missing, content.mistakes};
  if (content.missing)
    none.mistakes.push_back(
        {file, 0, 0, {}, "there is no policy file", "`termlease policy init` writes one"});
  return none.mistakes.empty() ? parse_policy(content.text, file) : none;
}

loaded_policy load_policy(const std::filesystem::path& file) {
  return policy_from(read_text_file(file), file.string());
}

} // namespace termlease::config
