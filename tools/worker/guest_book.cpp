#include "tools/worker/guest_book.hpp"

#include <algorithm>

namespace termlease::worker {

void guest_book::saw(const std::vector<connection>& listed, time_point now) {
  for (const auto& each : listed) {
    const bool known = std::any_of(entries_.begin(), entries_.end(),
                                   [&](const entry& old) { return old.who.id == each.id; });
    if (!known) entries_.push_back({each, now});
  }
  if (entries_.size() > limits_.remembered)
    entries_.erase(entries_.begin(), entries_.end() - static_cast<long>(limits_.remembered));
}

match guest_book::find(time_point arrived, time_point now) {
  auto* found = first_fresh(arrived);
  if (found == nullptr) {
    const auto waited = now - arrived;
    if (waited < limits_.grace) return {verdict::wait, {}};
    found = only_candidate();
    if (found == nullptr && !entries_.empty()) return {verdict::ambiguous, {}};
    if (found == nullptr) return {waited < limits_.deadline ? verdict::wait : verdict::unknown, {}};
  }
  found->taken = true;
  return {verdict::matched, found->who};
}

guest_book::entry* guest_book::first_fresh(time_point arrived) {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const entry& each) {
    return !each.taken && each.joined + limits_.fresh >= arrived;
  });
  return found == entries_.end() ? nullptr : &*found;
}

guest_book::entry* guest_book::only_candidate() {
  if (entries_.empty()) return nullptr;
  const bool one_key = std::all_of(entries_.begin(), entries_.end(), [&](const entry& each) {
    return each.who.fingerprint == entries_.front().who.fingerprint;
  });
  return one_key ? &entries_.back() : nullptr;
}

std::vector<connection> guest_book::matched() const {
  std::vector<connection> result;
  for (const auto& each : entries_)
    if (each.taken) result.push_back(each.who);
  return result;
}

} // namespace termlease::worker
