#include "tools/termlease/top/model.hpp"

#include "tools/termlease/output/safe_text.hpp"
#include "tools/termlease/output/views.hpp"
#include "tools/termlease/top/text.hpp"

#include <algorithm>

namespace termlease::cli::top {

using messages::actor_view;

namespace {

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char each) {
    return each >= 'A' && each <= 'Z' ? static_cast<char>(each - 'A' + 'a') : each;
  });
  return text;
}

bool matches(const std::string& path, const std::string& lower_filter) {
  return lower_filter.empty() || lower(safe(path)).find(lower_filter) != std::string::npos;
}

bool is_below(const std::string& path, const std::string& parent) {
  return path.size() > parent.size() && path.starts_with(parent) && path[parent.size()] == '/';
}

/// A restarted actor counts from zero again.
std::uint64_t turns_since(const actor_view& before, const actor_view& now) {
  const bool is_another = now.turns < before.turns || now.restarts > before.restarts;
  return is_another ? now.turns : now.turns - before.turns;
}

void add(standing& to, const standing& one) {
  to.of.mailbox += one.of.mailbox;
  to.of.restarts += one.of.restarts;
  to.of.budget_left = std::min(to.of.budget_left, one.of.budget_left);
  to.of.turns += one.of.turns;
  to.of.busy_for = std::max(to.of.busy_for, one.of.busy_for);
  to.of.timers += one.of.timers;
  to.of.dead_letters += one.of.dead_letters;
  if (one.rate) to.rate = to.rate.value_or(0) + *one.rate;
}

/// Whether `left` stands above `right`; false for both when nothing tells them apart.
bool is_more(order by, const standing& left, const standing& right) {
  switch (by) {
  case order::mailbox:
    return left.of.mailbox > right.of.mailbox;
  case order::rate:
    return left.rate.value_or(0) > right.rate.value_or(0);
  case order::busy:
    return left.of.busy_for > right.of.busy_for;
  case order::restarts:
    return left.of.restarts > right.of.restarts;
  case order::tree:
    return false;
  }
  return false;
}

row row_of(const standing& one) {
  return {one, short_path(one.of.actor), 0, branch::leaf, 0, false, alert_of(one.of)};
}

} // namespace

alert alert_of(const actor_view& of) {
  if (of.state == messages::actor_state::restarting) return alert::restarting;
  if (of.busy_for > long_turn) return alert::slow;
  return of.mailbox > 0 ? alert::queued : alert::none;
}

std::string_view word_of(alert how) {
  switch (how) {
  case alert::restarting:
    return "restarting";
  case alert::slow:
    return "slow";
  case alert::queued:
    return "queued";
  case alert::none:
    return "running";
  }
  return "";
}

std::string_view word_of(order by) {
  switch (by) {
  case order::mailbox:
    return "mailbox";
  case order::rate:
    return "messages/s";
  case order::busy:
    return "busy";
  case order::restarts:
    return "restarts";
  case order::tree:
    return "tree";
  }
  return "";
}

bool tree_order::operator()(const std::string& left, const std::string& right) const {
  const auto key = [](char each) {
    return each == '/' ? 0 : static_cast<int>(static_cast<unsigned char>(each)) + 1;
  };
  return std::ranges::lexicographical_compare(left, right, {}, key, key);
}

std::string parent_of(const std::string& path) {
  const auto end = path.rfind('/');
  return end == std::string::npos ? std::string{} : path.substr(0, end);
}

void model::take(const answer& now) {
  const bool is_first = at_ == std::chrono::steady_clock::time_point{} ||
                        now.runtime.pid != runtime_.pid ||
                        now.runtime.started_at != runtime_.started_at;
  const double elapsed = std::chrono::duration<double>(now.at - at_).count();
  decltype(actors_) fresh;
  for (const auto& each : now.actors) {
    auto& one = fresh[each.actor];
    one.of = each;
    if (is_first || elapsed <= 0) continue;
    const auto before = actors_.find(each.actor);
    const auto count = before == actors_.end() ? each.turns : turns_since(before->second.of, each);
    one.rate = static_cast<double>(count) / elapsed;
  }
  actors_ = std::move(fresh);
  at_ = now.at;
  runtime_ = now.runtime;
}

std::vector<row> model::rows(const selection& wanted) const {
  return wanted.by == order::tree ? tree(wanted) : list(wanted);
}

std::vector<row> model::list(const selection& wanted) const {
  std::vector<row> all;
  const auto filter = lower(wanted.filter);
  for (const auto& [path, each] : actors_)
    if (matches(path, filter)) all.push_back(row_of(each));
  std::ranges::stable_sort(all, [&](const row& left, const row& right) {
    return is_more(wanted.by, left.what, right.what);
  });
  return all;
}

std::vector<row> model::tree(const selection& wanted) const {
  const auto filter = lower(wanted.filter);
  std::set<std::string> ways; // to what matches
  if (!filter.empty())
    for (const auto& [path, each] : actors_)
      if (matches(path, filter))
        for (auto up = parent_of(path); !up.empty(); up = parent_of(up)) ways.insert(up);
  std::vector<row> all;
  for (auto at = actors_.begin(); at != actors_.end(); ++at) {
    const auto& [path, each] = *at;
    if (!all.empty() && all.back().is == branch::folded &&
        is_below(path, all.back().what.of.actor)) {
      auto& sum = all.back();
      sum.how = std::max(sum.how, alert_of(each.of));
      ++sum.hidden;
      add(sum.what, each);
      continue;
    }
    const bool is_context = !matches(path, filter);
    if (is_context && !ways.contains(path)) continue;
    auto next = row_of(each);
    next.is_context = is_context;
    next.depth = static_cast<std::size_t>(std::ranges::count(path, '/'));
    next.label = short_path(path.substr(path.rfind('/') + 1));
    if (const auto below = std::next(at); below != actors_.end() && is_below(below->first, path))
      next.is = filter.empty() && wanted.folded.contains(path) ? branch::folded : branch::open;
    all.push_back(std::move(next));
  }
  return all;
}

totals model::sum() const {
  standing all;
  for (const auto& [path, each] : actors_) add(all, each);
  return {actors_.size(), all.rate, all.of.mailbox, all.of.restarts, all.of.dead_letters};
}

const standing* model::find(const std::string& path) const {
  const auto found = actors_.find(path);
  return found == actors_.end() ? nullptr : &found->second;
}

} // namespace termlease::cli::top
