#include "tools/trace/selection.hpp"

#include "bus/topics.hpp"

#include <fnmatch.h>
#include <unordered_set>

namespace termlease::trace {

namespace {

/// "append share.allowed and 2 more": what is behind the first word, up to the next blank.
bool fits_topic(std::string_view label, const std::string& pattern) {
  if (bus::matches(pattern, label)) return true;
  const auto blank = label.find(' ');
  if (blank == std::string_view::npos) return false;
  const auto rest = label.substr(blank + 1);
  return bus::matches(pattern, rest.substr(0, rest.find(' ')));
}

/// A correlation is written with dashes, as a trace id of other systems without.
std::string without_dashes(std::string_view id) {
  std::string plain(id);
  std::erase(plain, '-');
  return plain;
}

/// The texts that a wish is for, looked at once each and not once a step.
class wanted_names {
public:
  wanted_names(const log& from, const wish& of) : of_(of) {
    const auto share = "shares/" + of.share;
    const auto correlation = without_dashes(of.correlation.substr(0, name_place::most - 9));
    for (const auto& [name, text] : from.texts()) {
      if (!of.share.empty() && (text == share || text.starts_with(share + "/")))
        shares_.insert(name);
      if (!of.correlation.empty() && without_dashes(text).starts_with(correlation))
        correlations_.insert(name);
      if (!of.actor.empty() && ::fnmatch(of.actor.c_str(), std::string(text).c_str(), 0) == 0)
        actors_.insert(name);
      if (!of.topic.empty() && fits_topic(text, of.topic)) topics_.insert(name);
    }
  }

  bool fit(const step& each) const {
    return each.began >= of_.since && (of_.share.empty() || shares_.contains(each.actor)) &&
           (of_.correlation.empty() || correlations_.contains(each.correlation)) &&
           (of_.actor.empty() || actors_.contains(each.actor)) &&
           (of_.topic.empty() || topics_.contains(each.what.label));
  }

private:
  const wish& of_;
  std::unordered_set<name_id> shares_;
  std::unordered_set<name_id> correlations_;
  std::unordered_set<name_id> actors_;
  std::unordered_set<name_id> topics_;
};

} // namespace

std::vector<bool> matching(const log& from, const wish& of) {
  const wanted_names names(from, of);
  std::vector<bool> chosen(from.steps.size());
  for (std::size_t at = 0; at < chosen.size(); ++at) chosen[at] = names.fit(from.steps[at]);
  return chosen;
}

std::vector<bool> select(const log& from, const wish& of) {
  auto chosen = matching(from, of);
  if (of.is_for_all()) return chosen;
  // What came of it: a parent stands before its children.
  for (std::size_t at = 0; at < chosen.size(); ++at) {
    if (chosen[at]) continue;
    const auto parent = from.find(from.steps[at].parent());
    chosen[at] = parent != log::none && chosen[parent];
  }
  // What led there, apart from what else came of that.
  auto all = chosen;
  for (auto at = chosen.size(); at-- > 0;) {
    if (!all[at]) continue;
    const auto parent = from.find(from.steps[at].parent());
    if (parent != log::none) all[parent] = true;
  }
  return all;
}

log only(const log& from, const std::vector<bool>& chosen) {
  auto part = from;
  part.steps.clear();
  for (std::size_t at = 0; at < chosen.size(); ++at)
    if (chosen[at]) part.steps.push_back(from.steps[at]);
  return part;
}

} // namespace termlease::trace
