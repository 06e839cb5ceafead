#include "actors/shares/share_table.hpp"

#include "messages/failure.hpp"

namespace termlease::actors {

using namespace messages;

known_share* share_table::known(const std::string& id) {
  const auto found = shares_.find(id);
  return found == shares_.end() ? nullptr : &found->second;
}

const known_share& share_table::find(const std::string& wanted) const {
  if (const auto exact = shares_.find(wanted); exact != shares_.end()) return exact->second;
  const known_share* only = nullptr;
  for (const auto& [id, each] : shares_) {
    if (wanted.size() < 4 || (!id.starts_with(wanted) && !id.ends_with(wanted))) continue;
    if (only != nullptr)
      throw failed("ambiguous_id", "more than one share is meant by '" + wanted + "'",
                   "give more of the id");
    only = &each;
  }
  if (only == nullptr)
    throw failed("no_such_share", "there is no share '" + wanted + "'",
                 "`termlease shares --all` lists them");
  return *only;
}

void share_table::over(known_share& share) {
  share.session = nullptr;
  share.view.link = {};
  done_.push_back(share.view.share_id);
  if (done_.size() <= shares_kept_when_over) return;
  shares_.erase(done_.front());
  done_.pop_front();
}

void share_table::forget_if_open(const std::string& id) {
  const auto found = shares_.find(id);
  if (found != shares_.end() && !is_final(found->second.view.state)) shares_.erase(found);
}

void share_table::check_limits(const terminal_view& terminal,
                               const config::share_settings& limits) const {
  std::string in_the_way;
  std::size_t of_terminal = 0;
  std::size_t all = 0;
  for (const auto& [id, each] : shares_) {
    if (is_final(each.view.state)) continue;
    ++all;
    if (each.view.terminal_id != terminal.terminal_id) continue;
    ++of_terminal;
    in_the_way += (in_the_way.empty() ? "" : ", ") + id;
  }
  if (of_terminal >= config::share_limit(limits, terminal.name, terminal.lane))
    throw failed("limit_reached",
                 "terminal '" + terminal.name + "' has " + std::to_string(of_terminal) +
                     " shares, which is its limit: " + in_the_way,
                 "end one with `termlease stop SHARE`");
  if (all >= limits.total_limit)
    throw failed("limit_reached",
                 "there are " + std::to_string(all) + " shares, which is the limit",
                 "end one with `termlease stop SHARE`");
}

share_view without_link(share_view view) {
  view.link = {};
  return view;
}

share_view shown(const caller& to, const share_view& view, bool links) {
  const bool may = to.who.kind == identity_kind::operator_ || view.requested_by == to_text(to.who);
  return links && may ? view : without_link(view);
}

} // namespace termlease::actors
