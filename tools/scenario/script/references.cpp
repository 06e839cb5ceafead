#include "tools/scenario/script/references.hpp"

#include "config/nearest.hpp"

#include <vector>

namespace termlease::scenario {

using messages::json;

namespace {

objection unknown(const std::string& what, const std::string& name,
                  const std::set<std::string>& known, const std::string& otherwise) {
  const std::vector<std::string_view> names(known.begin(), known.end());
  const auto nearest = config::nearest(name, names);
  return {what, nearest.empty() ? otherwise : "did you mean '" + nearest + "'?"};
}

} // namespace

references::references(const json& setting, complaint complain) : complain_(std::move(complain)) {
  people_.insert("operator");
  if (setting.contains("people") && setting["people"].is_object())
    for (const auto& [name, who] : setting["people"].items()) people_.insert(name);
}

void references::read_step(const std::string& at, const json& one, const std::string& what) {
  for (const auto* key : {"by", "who"}) {
    // "by" is a length in some steps.
    if ((what != "do" && one.value("fault", json()) != "requester leaves") || !one.contains(key) ||
        !one[key].is_string())
      continue;
    const std::string name = one[key];
    if (!people_.contains(name))
      complain_(at + "/" + key, unknown("there is nobody called '" + name + "'", name, people_,
                                        "name everybody in the setting's 'people'"));
  }
  if (one.contains("of") && one["of"].is_string()) check_kept(at + "/of", one["of"]);
  if (what == "answered" && one[what].is_string()) check_kept(at + "/answered", one[what]);
  look(at, one);
  if (one.contains("as") && one["as"].is_string()) kept_.insert(one["as"]);
}

void references::look(const std::string& at, const json& value) {
  if (value.is_structured())
    for (const auto& [key, each] : value.items()) look(at + "/" + key, each);
  if (!value.is_string()) return;
  const auto text = value.get<std::string>();
  if (text.starts_with('$') && !text.starts_with("$$"))
    check_kept(at, text.substr(1, text.find('.') - 1));
}

void references::check_kept(const std::string& at, const std::string& name) const {
  if (!kept_.contains(name) && !name.empty() && !name.starts_with('$'))
    complain_(at, unknown("nothing was kept as '" + name + "'", name, kept_,
                          "an earlier step keeps something with \"as\": \"" + name + "\""));
}

} // namespace termlease::scenario
